package io.forebay.engine.rank;

import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of metadata values in groups: none, then bools, numbers, strings, sparse vectors, arrays. Ints and floats are
 * compared exactly with each other, so that 5 and 5.0 are equal, as in filters; NaN is the largest number.
 */
final class ValueOrder implements Comparator<@Nullable MetadataValue> {
    static final ValueOrder INSTANCE = new ValueOrder();

    private ValueOrder() {}

    @Override
    public int compare(@Nullable MetadataValue a, @Nullable MetadataValue b) {
        int kind = Integer.compare(kind(a), kind(b));
        if (kind != 0 || a == null || b == null) {
            return kind;
        }
        return switch (a) {
            case MetadataValue.Bool x when b instanceof MetadataValue.Bool y ->
                Boolean.compare(x.value(), y.value());
            case MetadataValue.Str x when b instanceof MetadataValue.Str y -> x.value().compareTo(y.value());
            case MetadataValue.Sparse x when b instanceof MetadataValue.Sparse y ->
                sparse(x.vector(), y.vector());
            case MetadataValue.StrArray x when b instanceof MetadataValue.StrArray y ->
                lists(x.values(), y.values(), Comparator.naturalOrder());
            case MetadataValue.BoolArray x when b instanceof MetadataValue.BoolArray y ->
                lists(x.values(), y.values(), Comparator.naturalOrder());
            case MetadataValue.IntArray x when b instanceof MetadataValue.IntArray y ->
                lists(x.values(), y.values(), Comparator.naturalOrder());
            case MetadataValue.FloatArray x when b instanceof MetadataValue.FloatArray y ->
                lists(x.values(), y.values(), Comparator.naturalOrder());
            default -> numbers(a, b);
        };
    }

    private static int kind(@Nullable MetadataValue value) {
        return switch (value) {
            case null -> 0;
            case MetadataValue.Null ignored -> 0;
            case MetadataValue.Bool ignored -> 1;
            case MetadataValue.Int ignored -> 2;
            case MetadataValue.Float ignored -> 2;
            case MetadataValue.Str ignored -> 3;
            case MetadataValue.Sparse ignored -> 4;
            case MetadataValue.BoolArray ignored -> 5;
            case MetadataValue.IntArray ignored -> 6;
            case MetadataValue.FloatArray ignored -> 7;
            case MetadataValue.StrArray ignored -> 8;
        };
    }

    private static int numbers(MetadataValue a, MetadataValue b) {
        if (a instanceof MetadataValue.Int x) {
            return b instanceof MetadataValue.Int y
                    ? Long.compare(x.value(), y.value())
                    : b instanceof MetadataValue.Float f ? compare(x.value(), f.value()) : 0;
        }
        if (a instanceof MetadataValue.Float x) {
            return b instanceof MetadataValue.Int y
                    ? -compare(y.value(), x.value())
                    // Adding 0 makes one zero of both.
                    : b instanceof MetadataValue.Float f ? Double.compare(x.value() + 0, f.value() + 0) : 0;
        }
        return 0;
    }

    private static int compare(long whole, double real) {
        if (Double.isNaN(real) || real >= 0x1p63) {
            return -1;
        }
        if (real < -0x1p63) {
            return 1;
        }
        long floor = (long) real;
        return whole != floor ? Long.compare(whole, floor) : Double.compare(0, real - floor + 0);
    }

    private static int sparse(SparseVector a, SparseVector b) {
        int order = Arrays.compareUnsigned(a.indices(), b.indices());
        return order != 0 ? order : Arrays.compare(a.values(), b.values());
    }

    private static <T> int lists(List<T> a, List<T> b, Comparator<? super T> order) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int difference = order.compare(a.get(i), b.get(i));
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(a.size(), b.size());
    }
}
