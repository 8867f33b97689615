package io.forebay.index.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as terms have them, from one up to but without another: so many bytes, in the order of the numbers.
 *
 * @param from {@link Terms#NUMBER_BYTES} bytes
 * @param to   as many; null when there is no end
 */
@SuppressWarnings("ArrayRecordComponent")
record NumberRange(byte[] from, byte @Nullable [] to) {
    private static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    /** Of {@code $gt}, {@code $gte}, {@code $lt}, {@code $lte}; null when no number can match. */
    static @Nullable NumberRange of(Where.Compare compare) {
        Terms terms = new Terms(0).field(new byte[0]);
        if (compare.operand() instanceof MetadataValue.Float f && !Double.isNaN(f.value())) {
            terms.real(f.value(), (byte) 0);
        } else if (compare.operand() instanceof MetadataValue.Int i) {
            terms.integer(i.value(), (byte) 0);
        } else {
            return null;
        }
        byte[] at = Arrays.copyOfRange(terms.bytes(), terms.length() - Terms.NUMBER_BYTES, terms.length());
        byte[] least = new byte[Terms.NUMBER_BYTES];
        return switch (compare.comparison()) {
            case GT -> {
                byte[] next = next(at, at.length);
                yield next == null ? null : new NumberRange(next, null);
            }
            case GTE -> new NumberRange(at, null);
            case LT -> new NumberRange(least, at);
            case LTE -> new NumberRange(least, next(at, at.length));
            case EQ, NE -> new NumberRange(at, next(at, at.length));
        };
    }

    NumberRange and(NumberRange other) {
        byte[] end = to == null
                ? other.to
                : other.to == null || ORDER.compare(to, other.to) < 0 ? to : other.to;
        return new NumberRange(ORDER.compare(from, other.from) < 0 ? other.from : from, end);
    }

    boolean isEmpty() {
        return to != null && ORDER.compare(from, to) >= 0;
    }

    /** The largest part whose ends have only zeros behind so many bytes; null when there is none. */
    @Nullable
    NumberRange inner(int bytes) {
        byte[] first = Arrays.copyOf(Arrays.copyOf(from, bytes), from.length);
        if (!Arrays.equals(first, from)) {
            byte[] above = next(first, bytes);
            if (above == null) {
                return null;
            }
            first = above;
        }
        NumberRange inner = new NumberRange(first,
                to == null ? null : Arrays.copyOf(Arrays.copyOf(to, bytes), to.length));
        return inner.isEmpty() ? null : inner;
    }

    NumberRange before(NumberRange inner) {
        return new NumberRange(from, inner.from);
    }

    /** What is behind the inner part; null when that has no end. */
    @Nullable
    NumberRange behind(NumberRange inner) {
        return inner.to == null ? null : new NumberRange(inner.to, to);
    }

    /** With one more in the last of so many bytes; null when there is no greater one. */
    private static byte @Nullable [] next(byte[] value, int bytes) {
        byte[] next = value.clone();
        for (int i = bytes - 1; i >= 0; i--) {
            if (++next[i] != 0) {
                return next;
            }
        }
        return null;
    }
}
