package io.forebay.bench.http;

import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A kind of request and the filters that it carries, a different one each time. All but {@code ALL}, {@code MOST} and
 * {@code HALF} let through one record of a hundred.
 */
enum FilterKind {
    /** No filter: what the others are compared with. */
    ALL,
    /** A number that is spread at random. */
    EQUAL,
    /** A hundredth of numbers that are all different. */
    RANGE,
    /** Four of four hundred strings. */
    AMONG,
    /** One of the strings of an array. */
    MEMBER,
    /** Two filters of ten of a hundred each. */
    BOTH,
    /** All but a hundredth: by its opposite. */
    MOST,
    /** Half of numbers that are all different. */
    HALF;

    /** The JSON of {@code where}; null for none. */
    @Nullable
    String where(Random random, int records) {
        return switch (this) {
            case ALL -> null;
            case EQUAL -> "{\"bucket\":%d}".formatted(random.nextInt(100));
            case RANGE -> range(random.nextInt(records), records / 100);
            case AMONG -> {
                int first = random.nextInt(400);
                yield "{\"tag\":{\"$in\":[\"t%d\",\"t%d\",\"t%d\",\"t%d\"]}}".formatted(first,
                        (first + 100) % 400, (first + 200) % 400, (first + 300) % 400);
            }
            case MEMBER -> "{\"tags\":{\"$contains\":\"m%d\"}}".formatted(random.nextInt(300));
            case BOTH -> "{\"$and\":[{\"ten\":%d},{\"decade\":%d}]}".formatted(random.nextInt(10),
                    random.nextInt(10));
            case MOST -> "{\"bucket\":{\"$ne\":%d}}".formatted(random.nextInt(100));
            case HALF -> range(random.nextInt(records / 2), records / 2);
        };
    }

    /** Prices are a permutation of 0.5, 1.5, ...; see {@link FilteredRecords}. */
    private static String range(int from, int count) {
        return "{\"$and\":[{\"price\":{\"$gte\":%d}},{\"price\":{\"$lt\":%d}}]}".formatted(from,
                from + count);
    }

    boolean isHundredth() {
        return this != ALL && this != MOST && this != HALF;
    }

    /** As figures name it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
