package io.forebay.index.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The terms of numbers above or below one: from the first, up to but without the last. */
record NumberRange(byte[] from, byte[] to) {

    /** @param field at the metadata key; null when no number can match */
    static @Nullable NumberRange of(Where.Compare compare, Terms field) {
        field.type(Terms.NUMBER);
        byte[] first = field.toByteArray();
        field.type((byte) (Terms.NUMBER + 1));
        byte[] end = field.toByteArray();
        if (compare.operand() instanceof MetadataValue.Float f) {
            if (Double.isNaN(f.value())) {
                return null;
            }
            field.real(f.value(), (byte) 0);
        } else if (compare.operand() instanceof MetadataValue.Int i) {
            field.integer(i.value(), (byte) 0);
        } else {
            return null;
        }
        byte[] at = field.toByteArray();
        return switch (compare.comparison()) {
            case GT -> new NumberRange(after(at), end);
            case GTE -> new NumberRange(at, end);
            case LT -> new NumberRange(first, at);
            case LTE -> new NumberRange(first, after(at));
            case EQ, NE -> new NumberRange(at, after(at));
        };
    }

    /** The first key behind all chunks of this term: chunks are below 0x8000, for rows are below 2^31. */
    private static byte[] after(byte[] term) {
        byte[] after = Arrays.copyOf(term, term.length + 1);
        after[term.length] = -1;
        return after;
    }
}
