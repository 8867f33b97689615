package io.forebay.bench.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** The 40,509 real documents of the shared data as batches, under other ids each round. */
final class PepBatches {
    private static final int DIMENSION = 384;
    private static final Pattern FIELD = Pattern
            .compile("\"(\\w+)\": (?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|(-?[0-9]+))");

    private final List<Map<String, String>> lines = new ArrayList<>();

    PepBatches(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Map<String, String> fields = new LinkedHashMap<>();
                for (Matcher field = FIELD.matcher(line); field.find();) {
                    String text = field.group(2);
                    fields.put(field.group(1), text == null ? field.group(3) : unescape(text));
                }
                lines.add(fields);
            }
        }
    }

    int size() {
        return lines.size();
    }

    /**
     * As {@code operation}, in batches of so many; embeddings are zeros: the record segment does not look at
     * them.
     */
    List<RecordBatch> batches(Operation operation, int round, int batchSize) {
        List<RecordBatch> batches = new ArrayList<>();
        float[] embedding = new float[DIMENSION];
        for (int from = 0; from < lines.size(); from += batchSize) {
            RecordBatchBuilder batch = RecordBatch.builder(operation);
            for (Map<String, String> line : lines.subList(from, Math.min(lines.size(), from + batchSize))) {
                Map<String, MetadataValue> metadata = new LinkedHashMap<>();
                metadata.put("pep", MetadataValue.of(Long.parseLong(line.getOrDefault("pep", "0"))));
                metadata.put("status", MetadataValue.of(line.getOrDefault("status", "")));
                metadata.put("type", MetadataValue.of(line.getOrDefault("type", "")));
                metadata.put("section", MetadataValue.of(line.getOrDefault("section", "")));
                batch.record(line.get("id") + "-" + round, embedding, line.get("text"), metadata, null);
            }
            batches.add(batch.build());
        }
        return batches;
    }

    private static String unescape(String json) {
        if (json.indexOf('\\') < 0) {
            return json;
        }
        StringBuilder text = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = json.charAt(++i);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'u' -> {
                    text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }
}
