package io.forebay.engine.history;

import io.forebay.model.MetadataValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * What a write puts into a record follows from the record's id and the write's stamp, so that an answer tells who
 * wrote it.
 */
final class Content {
    static final int DIMENSION = 8;
    static final int GROUPS = 4;
    static final String STAMP = "stamp";
    static final String GROUP = "group";

    private Content() {}

    static float[] vector(String id, long stamp) {
        Random random = new Random(id.hashCode() * 1_000_003L + stamp);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    static String document(String id, long stamp) {
        return id + " as of " + stamp;
    }

    /** Each client has a key of its own: where updates merge, those of others must stay. */
    static Map<String, Long> metadata(int client, long stamp) {
        Map<String, Long> metadata = new LinkedHashMap<>();
        metadata.put(STAMP, stamp);
        metadata.put(GROUP, stamp % GROUPS);
        metadata.put(by(client), stamp);
        return metadata;
    }

    static String by(int client) {
        return "by" + client;
    }

    static Map<String, MetadataValue> values(Map<String, Long> metadata) {
        Map<String, MetadataValue> values = new LinkedHashMap<>();
        metadata.forEach((key, value) -> values.put(key, MetadataValue.of(value)));
        return values;
    }

    static Map<String, Long> numbers(Map<String, MetadataValue> metadata) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        metadata.forEach((key, value) -> numbers.put(key, ((MetadataValue.Int) value).value()));
        return numbers;
    }

    static double squaredL2(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
