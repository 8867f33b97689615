package io.forebay.etl.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The project's sample: real documents, and the vectors that langchain4j made of them with the same model. */
final class Sample {
    private static final int DIMENSION = 384;

    private Sample() {}

    private static Path file(String name) {
        return Path.of(System.getProperty("forebay.root", "."), "sample", name);
    }

    /** What the reference vectors were made of, with line breaks as spaces. */
    static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        JsonFactory json = new JsonFactory();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file("peps-4501.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, String> fields = new HashMap<>();
                try (JsonParser parser = json.createParser(line)) {
                    parser.nextToken();
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String name = parser.currentName();
                        parser.nextToken();
                        fields.put(name, parser.getText());
                    }
                }
                texts.add((fields.get("title") + ". " + fields.get("section") + ". " + fields.get("text"))
                        .replace('\n', ' '));
            }
        }
        return texts;
    }

    static float[][] vectors() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file("peps-4501-minilm384.f16.npy")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int head = 10 + bytes.getShort(8);
        float[][] vectors = new float[(bytes.capacity() - head) / 2 / DIMENSION][DIMENSION];
        bytes.position(head);
        for (float[] vector : vectors) {
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] = Float.float16ToFloat(bytes.getShort());
            }
        }
        return vectors;
    }

    static double cosine(float[] a, float[] b) {
        double product = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return product / Math.sqrt(aa * bb);
    }
}
