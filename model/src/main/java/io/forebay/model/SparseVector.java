package io.forebay.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vector of which only the components that are not zero are told: the words of a text with their weights, for example.
 *
 * <p>Invariants: as many values as indices; indices are unsigned 32-bit numbers, strictly ascending; values are finite;
 * tokens (what each index stands for), where there are any, are as many. The arrays are not changed once they are here.
 *
 * @param tokens null for none; an empty list is the same
 */
@SuppressWarnings("ArrayRecordComponent")
public record SparseVector(int[] indices, float[] values, @Nullable List<String> tokens) {

    /** @throws IllegalArgumentException when an invariant does not hold; the message says which */
    public SparseVector {
        tokens = tokens == null || tokens.isEmpty() ? null : List.copyOf(tokens);
        if (indices.length != values.length) {
            throw new IllegalArgumentException("sparse vector with " + indices.length + " indices and "
                    + values.length + " values: the lengths must be equal");
        }
        if (tokens != null && tokens.size() != indices.length) {
            throw new IllegalArgumentException("sparse vector with " + indices.length + " indices and "
                    + tokens.size() + " tokens: the lengths must be equal");
        }
        for (int i = 0; i < indices.length; i++) {
            if (i > 0 && Integer.compareUnsigned(indices[i - 1], indices[i]) >= 0) {
                throw new IllegalArgumentException(
                        "sparse vector indices must be sorted in strictly ascending order");
            }
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException("sparse vector values must not be NaN or infinite");
            }
        }
    }

    public SparseVector(int[] indices, float[] values) {
        this(indices, values, null);
    }

    public int size() {
        return indices.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SparseVector that && Arrays.equals(indices, that.indices)
                && Arrays.equals(values, that.values)
                && (tokens == null ? that.tokens == null : tokens.equals(that.tokens));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(indices) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "SparseVector[" + indices.length + " of them, from " + Arrays.stream(indices).limit(4)
                .mapToObj(Integer::toUnsignedString).toList() + "]";
    }
}
