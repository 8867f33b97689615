package io.forebay.model;

import java.util.List;

/**
 * One value of a record's or a collection's metadata. Integers and floats stay distinct ({@code 5} and {@code 5.0}
 * read back as they were written) but compare exactly with each other in filters.
 */
public sealed interface MetadataValue {

    record Str(String value) implements MetadataValue {}

    record Int(long value) implements MetadataValue {}

    record Float(double value) implements MetadataValue {}

    record Bool(boolean value) implements MetadataValue {}

    record StrArray(List<String> values) implements MetadataValue {
        public StrArray {
            values = List.copyOf(values);
        }
    }

    record IntArray(List<Long> values) implements MetadataValue {
        public IntArray {
            values = List.copyOf(values);
        }
    }

    record FloatArray(List<Double> values) implements MetadataValue {
        public FloatArray {
            values = List.copyOf(values);
        }
    }

    record BoolArray(List<Boolean> values) implements MetadataValue {
        public BoolArray {
            values = List.copyOf(values);
        }
    }

    /** Compared with nothing by filters; found by {@link Rank.Knn}. */
    record Sparse(SparseVector vector) implements MetadataValue {}

    /** In an update or upsert: removes the key. Never stored. */
    record Null() implements MetadataValue {}

    Null NULL = new Null();
    Bool TRUE = new Bool(true);
    Bool FALSE = new Bool(false);

    static MetadataValue of(String value) {
        return new Str(value);
    }

    static MetadataValue of(long value) {
        return new Int(value);
    }

    static MetadataValue of(double value) {
        return new Float(value);
    }

    static MetadataValue of(SparseVector value) {
        return new Sparse(value);
    }

    static MetadataValue of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
