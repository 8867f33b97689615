package io.forebay.index.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.SparseVector;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random batches and filters over few ids, keys and values, so that they meet often. */
final class Generator {
    private static final String[] TEXTS = {"", "a", "ab", "aab", "Ab", "grün", "世界", "a b c abba", "%_\\"};
    private static final long[] INTS = {0, 1, 2, -1, (1L << 53) + 1, 1L << 53, Long.MAX_VALUE,
            Long.MIN_VALUE};
    private static final double[] FLOATS = {0, -0.0, 1, 2.5, -1, 0x1p53, 0x1p63, -0x1p63, 1e300,
            Double.MIN_VALUE};
    private static final String[] REGEXES = {"a+b", "^a", "(?i)AB", "[^a]$", "b.*c", "\\\\"};

    private final Random random;
    private final int idsMax;

    Generator(long seed, int idsMax) {
        this.random = new Random(seed);
        this.idsMax = idsMax;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    String id() {
        int number = random.nextInt(idsMax);
        return number % 7 == 0 ? "ü".repeat(number % 50 + 1) + number : "id" + number;
    }

    List<String> ids(int max) {
        List<String> ids = new ArrayList<>();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            ids.add(id());
        }
        return ids;
    }

    RecordBatch batch() {
        Operation operation = Operation.values()[random.nextInt(4)];
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            if (operation == Operation.DELETE) {
                batch.id(id());
                continue;
            }
            boolean needsEmbedding = operation != Operation.UPDATE;
            batch.record(id(), needsEmbedding || oneIn(2) ? new float[]{random.nextFloat()} : null,
                    maybe(this::text), maybe(() -> metadata(operation != Operation.ADD)), maybe(this::text));
        }
        return batch.build();
    }

    Where where(int depth) {
        int kind = random.nextInt(depth > 0 ? 8 : 5);
        return switch (kind) {
            case 0, 1 -> compare();
            case 2 -> new Where.In(key(), oneIn(2), operands());
            case 3 -> new Where.ArrayContains(key(), oneIn(2), scalar());
            case 4 -> oneIn(3) ? new Where.Id(oneIn(2), ids(10)) : document();
            case 5, 6 -> new Where.And(clauses(depth - 1));
            default -> new Where.Or(clauses(depth - 1));
        };
    }

    private Where compare() {
        Where.Comparison comparison = Where.Comparison.values()[random.nextInt(6)];
        boolean isOrder = comparison != Where.Comparison.EQ && comparison != Where.Comparison.NE;
        return new Where.Compare(key(), comparison, isOrder ? number() : scalar());
    }

    private Where document() {
        Where.TextMatch match = Where.TextMatch.values()[random.nextInt(4)];
        boolean isRegex = match == Where.TextMatch.REGEX || match == Where.TextMatch.NOT_REGEX;
        return new Where.Document(match, isRegex ? REGEXES[random.nextInt(REGEXES.length)] : text());
    }

    private List<Where> clauses(int depth) {
        List<Where> clauses = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            clauses.add(where(depth));
        }
        return clauses;
    }

    private List<MetadataValue> operands() {
        List<MetadataValue> operands = new ArrayList<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            operands.add(scalar());
        }
        return operands;
    }

    private Map<String, MetadataValue> metadata(boolean mayRemove) {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (int i = random.nextInt(oneIn(20) ? 40 : 5); i > 0; i--) {
            metadata.put(oneIn(10) ? "rare" + i : key(),
                    mayRemove && oneIn(4) ? MetadataValue.NULL : value());
        }
        return metadata;
    }

    /** Few indices, so that they meet; values whose products and sums are exact. */
    SparseVector sparse() {
        int[] indices = IntStream.range(0, 8).filter(i -> oneIn(2))
                .map(i -> i < 6 ? i * i : i == 6 ? Integer.MIN_VALUE : -1).toArray();
        float[] values = new float[indices.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextInt(65) - 32) / 8f;
        }
        return new SparseVector(indices, values,
                oneIn(3) ? IntStream.of(indices).mapToObj(i -> "t" + i).toList() : null);
    }

    private MetadataValue value() {
        if (oneIn(8)) {
            return MetadataValue.of(sparse());
        }
        return switch (random.nextInt(10)) {
            case 0 -> new MetadataValue.StrArray(list(this::text));
            case 1 -> new MetadataValue.IntArray(oneIn(40)
                    ? Collections.nCopies(MetadataTerms.ELEMENTS_MAX + 1, INTS[random.nextInt(INTS.length)])
                    : list(() -> INTS[random.nextInt(INTS.length)]));
            case 2 -> new MetadataValue.FloatArray(list(() -> FLOATS[random.nextInt(FLOATS.length)]));
            case 3 -> new MetadataValue.BoolArray(list(random::nextBoolean));
            default -> scalar();
        };
    }

    private MetadataValue scalar() {
        return switch (random.nextInt(6)) {
            case 0 -> MetadataValue.of(random.nextBoolean());
            case 1, 2 -> MetadataValue.of(text());
            default -> number();
        };
    }

    private MetadataValue number() {
        return oneIn(2)
                ? MetadataValue.of(INTS[random.nextInt(INTS.length)])
                : MetadataValue.of(FLOATS[random.nextInt(FLOATS.length)]);
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return oneIn(2) ? null : value.get();
    }

    private String text() {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        return oneIn(300)
                ? "x".repeat(Grams.DOCUMENT_BYTES_MAX) + text
                : oneIn(30) ? text.repeat(400) + "end" : text;
    }

    /** One is too long for postings. */
    String key() {
        int number = random.nextInt(24);
        return number == 0 ? "k".repeat(Terms.FIELD_BYTES_MAX + 1) : "k" + number % 4;
    }
}
