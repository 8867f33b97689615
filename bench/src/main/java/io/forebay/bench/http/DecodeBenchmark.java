package io.forebay.bench.http;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.server.http.json.BatchDecoder;
import io.forebay.server.http.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How fast the body of an add becomes a batch: 1,000 records of 384 components, as numbers written as doubles (Python),
 * as the shortest floats, as base64, and as the batch's own form, which the binary protocol sends. The counters say megabytes of
 * body and millions of floats per second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DecodeBenchmark {
    private static final int RECORDS = 1_000;
    private static final int DIMENSION = 384;

    /** How the embeddings are written. */
    public enum Form {
        DOUBLES, FLOATS, BASE64,
        /** The payload of the binary protocol: checked where it lies, not copied. */
        BINARY
    }

    /** Reported per second beside the operations. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Volume {
        public double bodyMegabytes;
        public double megafloats;
    }

    @Param
    public Form form = Form.DOUBLES;

    private byte[] body = new byte[0];

    @Setup
    public void write() {
        Random random = new Random(1);
        if (form == Form.BINARY) {
            body = binary(random);
            return;
        }
        StringBuilder ids = new StringBuilder();
        StringBuilder embeddings = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            String comma = i == 0 ? "" : ",";
            ids.append(comma).append("\"id-").append(i).append('"');
            embeddings.append(comma);
            embedding(random, embeddings);
        }
        body = ("{\"ids\":[" + ids + "],\"embeddings\":[" + embeddings + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] binary(Random random) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = 0; i < RECORDS; i++) {
            float[] embedding = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                embedding[j] = (float) random.nextGaussian() * 0.05f;
            }
            batch.record("id-" + i, embedding);
        }
        ByteBuffer encoded = batch.build().encoded();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    private void embedding(Random random, StringBuilder out) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * DIMENSION).order(ByteOrder.LITTLE_ENDIAN);
        out.append(form == Form.BASE64 ? '"' : '[');
        for (int i = 0; i < DIMENSION; i++) {
            float value = (float) random.nextGaussian() * 0.05f;
            bytes.putFloat(value);
            if (form != Form.BASE64) {
                out.append(i == 0 ? "" : ",");
                out.append(form == Form.FLOATS ? Float.toString(value) : Double.toString(value));
            }
        }
        out.append(form == Form.BASE64 ? Base64.getEncoder().encodeToString(bytes.array()) + "\"" : "]");
    }

    @Benchmark
    public RecordBatch decode(Volume volume) {
        volume.bodyMegabytes += body.length / 1e6;
        volume.megafloats += RECORDS * DIMENSION / 1e6;
        if (form == Form.BINARY) {
            return RecordBatch.ofClient(ByteBuffer.wrap(body));
        }
        return Json.decode(body, body.length, in -> BatchDecoder.decode(in, Operation.ADD));
    }
}
