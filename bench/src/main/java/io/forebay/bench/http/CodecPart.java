package io.forebay.bench.http;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.sun.management.ThreadMXBean;
import io.forebay.bench.http.CodecTexts.Form;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.server.http.json.BatchDecoder;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.json.RecordsEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread turns bodies into batches and records into answers, in turns with Jackson alone and with a copy of the bytes.
 * Rates are per second of CPU time of that thread: per core, and not of what neighbours leave of it.
 */
final class CodecPart {
    static final String FOREBAY = "forebay";
    static final String JACKSON = "jackson";
    static final String COPY = "copy";
    private static final double NUMBERS_WANTED = 250;
    private static final double BASE64_WANTED = 1000;
    /** What ids take, spread over the floats of their records. */
    private static final double GARBAGE_ALLOWED = 0.5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

    private final HttpBench bench;
    private final List<CodecRun> runs = new ArrayList<>();
    private final float[] floats;
    private long results;

    CodecPart(HttpBench bench) {
        this.bench = bench;
        this.floats = new float[CodecTexts.RECORDS * bench.data().dataset().dimension()];
    }

    /** What is measured; returns the bytes of its result, which are no garbage. */
    private interface Work {
        long run() throws IOException;
    }

    // ---- decode ----

    void decode() throws IOException {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (Form form : Form.values()) {
                byte[] body = CodecTexts.add(bench.data(), form);
                byte[] copy = new byte[body.length];
                String name = "decode_" + form;
                measure(round, name, FOREBAY, body.length, () -> forebay(body));
                measure(round, name, JACKSON, body.length, () -> jackson(body));
                measure(round, name, COPY, body.length, () -> {
                    System.arraycopy(body, 0, copy, 0, body.length);
                    return 0;
                });
            }
        }
        for (Form form : Form.values()) {
            double wanted = form == Form.BASE64 ? BASE64_WANTED : NUMBERS_WANTED;
            figures("decode_" + form, wanted, "body of an add to a batch");
        }
    }

    private static long forebay(byte[] body) {
        RecordBatch batch = Json.decode(body, body.length, in -> BatchDecoder.decode(in, Operation.ADD));
        return batch.encodedBytes();
    }

    private long jackson(byte[] body) throws IOException {
        int count = 0;
        try (JsonParser parser = FACTORY.createParser(body)) {
            boolean embeddings = false;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case FIELD_NAME -> embeddings = parser.currentName().equals("embeddings");
                    case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT -> floats[count++] = parser.getFloatValue();
                    case VALUE_STRING -> results += embeddings
                            ? parser.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS).length
                            : parser.getText().length();
                    default -> {
                    }
                }
            }
        }
        return 0;
    }

    // ---- encode ----

    void encode() throws IOException {
        List<StoredRecord> records = new ArrayList<>();
        for (float[] embedding : bench.data().embeddings(CodecTexts.RECORDS)) {
            records.add(new StoredRecord("id-" + records.size(), embedding, null, null, null));
        }
        Sink sink = new Sink(32 * floats.length);
        forebay(records, sink);
        int length = sink.size;
        byte[] copy = new byte[length];
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            measure(round, "encode", FOREBAY, length, () -> forebay(records, sink));
            measure(round, "encode", JACKSON, length, () -> jackson(records, sink));
            measure(round, "encode", COPY, length, () -> {
                System.arraycopy(sink.bytes, 0, copy, 0, length);
                return 0;
            });
        }
        figures("encode", NUMBERS_WANTED, "answer of a get with embeddings");
    }

    private static long forebay(List<StoredRecord> records, Sink sink) throws IOException {
        sink.size = 0;
        Json.encode(sink, out -> RecordsEncoder.get(out, records, List.of(Include.EMBEDDINGS)));
        return 0;
    }

    private static long jackson(List<StoredRecord> records, Sink sink) throws IOException {
        sink.size = 0;
        try (JsonGenerator json = FACTORY.createGenerator(sink)) {
            json.writeStartArray();
            for (StoredRecord record : records) {
                float[] embedding = record.embedding();
                if (embedding != null) {
                    CodecTexts.write(json, embedding, Form.FLOATS);
                }
            }
            json.writeEndArray();
        }
        return 0;
    }

    /** Room that is there already, as in a recycled buffer. */
    private static final class Sink extends OutputStream {
        private final byte[] bytes;
        private int size;

        Sink(int capacity) {
            bytes = new byte[capacity];
        }

        @Override
        public void write(int b) {
            bytes[size++] = (byte) b;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            System.arraycopy(from, offset, bytes, size, length);
            size += length;
        }
    }

    // ---- measuring ----

    private void measure(int round, String measurement, String side, long bytes, Work work)
            throws IOException {
        long least = bench.settings().codecMillis() * 1_000_000L;
        long cpu = THREADS.getCurrentThreadCpuTime();
        long heap = THREADS.getCurrentThreadAllocatedBytes();
        long times = 0;
        long kept = 0;
        long took;
        do {
            kept += work.run();
            times++;
            took = THREADS.getCurrentThreadCpuTime() - cpu;
        } while (took < least);
        double garbage = THREADS.getCurrentThreadAllocatedBytes() - heap - kept;
        CodecRun run = new CodecRun(round, measurement, side, times * bytes, took / 1e9,
                garbage / times / floats.length);
        bench.add(round, run, "%-15s %-8s %,.0f MB/s of text per core, %.3f bytes of garbage a float",
                measurement, side, run.megabytesPerSecond(), run.garbagePerFloat());
        if (round > 0) {
            runs.add(run);
        }
    }

    private void figures(String name, double wanted, String what) {
        List<CodecRun> ours = of(name, FOREBAY);
        bench.figure(name, what + ", one thread", "MB/s of CPU time", ours, CodecRun::megabytesPerSecond,
                wanted);
        bench.ratio(name + "_over_jackson", "over Jackson's own numbers, of each round", ours,
                of(name, JACKSON),
                CodecRun::megabytesPerSecond);
        bench.ratio(name + "_over_copy", "over copying the text, of each round", ours, of(name, COPY),
                CodecRun::megabytesPerSecond);
        bench.figureAtMost(name + "_garbage", "allocated beside the result, most of it ids", "bytes/float",
                ours,
                CodecRun::garbagePerFloat, GARBAGE_ALLOWED);
    }

    private List<CodecRun> of(String measurement, String side) {
        return runs.stream().filter(run -> run.measurement().equals(measurement) && run.side().equals(side))
                .toList();
    }
}
