package io.forebay.bench.imports;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;

/** A JSONL file of any size, made line by line: documents of words with vectors of few components, always the same. */
final class MadeFile {
    private static final int DIMENSION = 8;
    private static final int WORDS = 4_000;

    private final Random random = new Random(8);
    private final String[] words = new String[WORDS];

    MadeFile() {
        for (int i = 0; i < WORDS; i++) {
            StringBuilder word = new StringBuilder();
            for (int n = 3 + random.nextInt(8); n > 0; n--) {
                word.append((char) ('a' + random.nextInt(26)));
            }
            words[i] = word.toString();
        }
    }

    /** Lines until the next one would be beyond the size; answers how many. */
    long write(long bytes, int documentBytes, Consumer<ByteBuffer> lines) {
        long written = 0;
        for (long number = 0;; number++) {
            byte[] line = line(number, documentBytes);
            written += line.length;
            if (written > bytes) {
                return number;
            }
            lines.accept(ByteBuffer.wrap(line));
        }
    }

    private byte[] line(long number, int documentBytes) {
        StringBuilder line = new StringBuilder(documentBytes + 200);
        line.append("{\"id\":\"made-").append(number).append("\",\"number\":").append(number)
                .append(",\"embedding\":[");
        for (int i = 0; i < DIMENSION; i++) {
            line.append(i == 0 ? "" : ",").append(random.nextInt(-1000, 1000) / 1000f);
        }
        line.append("],\"text\":\"");
        while (line.length() < documentBytes) {
            line.append(words[random.nextInt(WORDS)]).append(' ');
        }
        return line.append("\"}\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
