package io.forebay.server.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Random batches over few ids, keys and values, so that they meet often. */
final class ModelGenerator {
    private static final Object[] NUMBERS = {0L, 1L, 2L, 3L, -1L, (1L << 53) + 1, 1L << 53, Long.MAX_VALUE,
            Long.MIN_VALUE,
            BigInteger.ONE.shiftLeft(64), 0.0, -0.0, 1.0, 2.0, 2.5, -1.5, 0x1p53, 0x1p63, -0x1p63, 1e300, 0.1,
            Double.MIN_VALUE, -Double.MAX_VALUE, 0x1p64};
    private static final String LONG = "long".repeat(20);
    private static final String[] STRINGS = {"", "a", "b", "ab", "A", "grün", "世界", "😀", "1", "true",
            "\u0000", "a\u0000",
            LONG, LONG + "a", LONG + "b", "ü".repeat(64), "ü".repeat(63), "\uffff", "a\uffff"};
    private static final String[] KEYS = {"k0", "k1", "k2", "k3", "k4", "a key", "ключ", "k.0"};
    private static final String[] WORDS = {"river", "rivers", "dam", "turbine", "water", "Water", "forebay",
            "KELVIN", "kelvin",
            "\u212Aelvin", "ta\u017Fk", "task", "grün", "GRÜN", "世界", "ok", "a", "100%", "under_score",
            "back\\slash",
            "😀", "x.y", "(paren)", "aaaa", "abab", "\n", "ß", "ΣΑΣ", "σας"};

    final Random random;

    ModelGenerator(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    /** @param max how many different ones there are */
    String id(int max) {
        int number = random.nextInt(max);
        return number % 9 == 0 ? "ü/ ".repeat(number % 40 + 1) + number : "id" + number;
    }

    List<String> ids(int max, int count) {
        return list(below(count + 1), () -> id(max));
    }

    <T> List<T> list(int count, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(element.get());
        }
        return list;
    }

    /** Mostly such that sums are exact and distances meet. */
    float[] vector(int dimension) {
        float[] vector = new float[dimension];
        boolean round = !oneIn(5);
        for (int i = 0; i < dimension; i++) {
            vector[i] = round ? (below(17) - 8) / 4f : (random.nextFloat() - 0.5f) * 4;
        }
        return vector;
    }

    ModelBatch batch(String operation, int dimension, int idsMax, int size) {
        boolean update = operation.equals("update");
        List<String> named = list(size, () -> id(idsMax));
        return new ModelBatch(named,
                update && oneIn(3)
                        ? null
                        : list(size, () -> update && oneIn(3) ? null : vector(dimension)),
                oneIn(2), maybe(4, list(size, () -> maybe(4, document()))),
                maybe(2, list(size, () -> maybe(2, string()))),
                maybe(5, list(size, () -> maybe(6, metadata(!operation.equals("add"))))));
    }

    private <T> T maybe(int nullOneIn, T value) {
        return oneIn(nullOneIn) ? null : value;
    }

    String string() {
        return one(STRINGS);
    }

    String key() {
        return oneIn(40) ? "rare" + below(30) : one(KEYS);
    }

    Object number() {
        return one(NUMBERS);
    }

    Object scalar() {
        return switch (below(6)) {
            case 0 -> random.nextBoolean();
            case 1, 2 -> string();
            default -> number();
        };
    }

    String word() {
        return one(WORDS);
    }

    String document() {
        StringBuilder text = new StringBuilder();
        for (int i = below(oneIn(30) ? 60 : 7); i > 0; i--) {
            text.append(word()).append(oneIn(4) ? "" : " ");
        }
        return text.toString();
    }

    private Map<String, Object> metadata(boolean mayRemove) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = below(oneIn(20) ? 20 : 5); i > 0; i--) {
            metadata.put(key(), mayRemove && oneIn(4) ? null : value());
        }
        return metadata;
    }

    private Object value() {
        int length = below(4);
        return switch (below(18)) {
            case 0 -> list(length, this::string);
            case 1, 2 -> list(length, this::number);
            case 3 -> list(length, random::nextBoolean);
            case 4, 5 -> sparse();
            default -> scalar();
        };
    }

    /** Few indices, and values whose products and sums are exact. */
    Map<String, Object> sparse() {
        List<Long> indices = new ArrayList<>();
        for (long index : new long[]{0, 1, 7, 300, 1L << 31, (1L << 32) - 1}) {
            if (oneIn(2)) {
                indices.add(index);
            }
        }
        Map<String, Object> sparse = new LinkedHashMap<>();
        sparse.put("#type", "sparse_vector");
        sparse.put("indices", indices);
        sparse.put("values", list(indices.size(), () -> (below(65) - 32) / 8.0));
        if (oneIn(3) && !indices.isEmpty()) {
            sparse.put("tokens", list(indices.size(), this::word));
        }
        return sparse;
    }
}
