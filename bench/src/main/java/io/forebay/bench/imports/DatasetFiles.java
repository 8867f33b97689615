package io.forebay.bench.imports;

import io.forebay.client.dataset.BatchReader;
import io.forebay.client.dataset.Dataset;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Files to import, made of a dataset. */
final class DatasetFiles {
    private DatasetFiles() {}

    private static BufferedReader lines(Dataset dataset) throws IOException {
        InputStream file = Files.newInputStream(dataset.documents());
        boolean packed = dataset.documents().toString().endsWith(".gz");
        return new BufferedReader(
                new InputStreamReader(packed ? new GZIPInputStream(file) : file, StandardCharsets.UTF_8));
    }

    /** Documents as they are, from the first on; answers how many there were. */
    static long documents(Dataset dataset, long first, long count, Path to) throws IOException {
        long number = 0;
        try (BufferedReader lines = lines(dataset); BufferedWriter out = Files.newBufferedWriter(to)) {
            for (String line = lines.readLine(); line != null
                    && number < first + count; line = lines.readLine()) {
                if (number >= first) {
                    out.write(line);
                    out.write('\n');
                }
                number++;
            }
        }
        return Math.max(0, number - first);
    }

    /** Documents with their vectors as a field more. */
    static void withVectors(Dataset dataset, long count, Path to) throws IOException {
        try (BufferedReader lines = lines(dataset);
                BatchReader batches = dataset.batches(Operation.ADD, 1000, count);
                BufferedWriter out = Files.newBufferedWriter(to)) {
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                float[] vector = new float[batch.dimension()];
                for (int i = 0; i < batch.size(); i++) {
                    batch.copyEmbedding(i, vector);
                    String line = lines.readLine();
                    out.write(line, 0, line.lastIndexOf('}'));
                    out.write(",\"embedding\":");
                    out.write(text(vector));
                    out.write("}\n");
                }
            }
        }
    }

    private static String text(float[] vector) {
        StringBuilder text = new StringBuilder(vector.length * 12).append('[');
        for (int i = 0; i < vector.length; i++) {
            text.append(i == 0 ? "" : ",").append(vector[i]);
        }
        return text.append(']').toString();
    }
}
