package io.forebay.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More floats make no more garbage: what a batch of twice the dimension costs more is the batch. */
class AllocationTest {
    private static final int RECORDS = 200;
    private static final int ROUNDS = 40;
    /** The recycled buffers of a text or a row of floats grow once, not with each. */
    private static final long ONCE = 16 << 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    enum Form {
        DOUBLES, FLOATS, BASE64
    }

    private interface Work {
        void run() throws IOException;
    }

    /** The least of some rounds: compilers and recycled buffers are warm by then. */
    private static long allocated(Work work) throws IOException {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static float[] vector(Random random, int dimension) {
        float[] values = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static byte[] body(Form form, int dimension) {
        Random random = new Random(dimension);
        StringBuilder ids = new StringBuilder();
        StringBuilder embeddings = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            ids.append(i == 0 ? "" : ",").append("\"id-").append(i).append('"');
            embeddings.append(i == 0 ? "" : ",").append(text(form, vector(random, dimension)));
        }
        return ("{\"ids\":[" + ids + "],\"embeddings\":[" + embeddings + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Form form, float[] values) {
        if (form == Form.BASE64) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return '"' + Base64.getEncoder().encodeToString(bytes.array()) + '"';
        }
        StringBuilder text = new StringBuilder("[");
        for (float value : values) {
            text.append(text.length() == 1 ? "" : ",")
                    .append(form == Form.FLOATS ? Float.toString(value) : Double.toString(value));
        }
        return text.append(']').toString();
    }

    @ParameterizedTest
    @EnumSource
    void decodingAllocatesTheBatchAndNothingForItsFloats(Form form) throws IOException {
        long[] beside = new long[2];
        for (int i = 0; i < 2; i++) {
            byte[] body = body(form, 384 << i);
            long[] size = new long[1];
            beside[i] = allocated(() -> {
                RecordBatch batch = Json.decode(body, body.length,
                        in -> BatchDecoder.decode(in, Operation.ADD));
                size[0] = batch.encodedBytes();
            }) - size[0];
        }
        assertThat(beside[1] - beside[0]).as("bytes for " + RECORDS * 384 + " floats more").isLessThan(ONCE);
    }

    @Test
    void writingAllocatesNothingForFloats() throws IOException {
        OutputStream nowhere = OutputStream.nullOutputStream();
        long[] each = new long[2];
        for (int i = 0; i < 2; i++) {
            Random random = new Random(i);
            List<StoredRecord> records = new ArrayList<>();
            for (int j = 0; j < RECORDS; j++) {
                records.add(new StoredRecord("id-" + j, vector(random, 384 << i), null, null, null));
            }
            each[i] = allocated(() -> Json.encode(nowhere,
                    out -> RecordsEncoder.get(out, records, List.of(Include.EMBEDDINGS))));
        }
        assertThat(each[1] - each[0]).as("bytes for " + RECORDS * 384 + " floats more").isLessThan(ONCE);
    }
}
