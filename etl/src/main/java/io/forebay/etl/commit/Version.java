package io.forebay.etl.commit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an id is at some commit: a row, or nothing. The value in TREES:
 * <pre>
 *   flags:1 [row:32] [source:32]        flags = 1 there is a row | 2 it is known what the row was made from
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent")
record Version(byte @Nullable [] row, byte @Nullable [] source) {
    static final Version GONE = new Version(null, null);
    private static final int ROW = 1;
    private static final int SOURCE = 2;

    boolean isThere() {
        return row != null;
    }

    boolean isSameRow(Version other) {
        return Arrays.equals(row, other.row);
    }

    boolean isSame(Version other) {
        return isSameRow(other) && Arrays.equals(source, other.source);
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(1 + (row == null ? 0 : row.length)
                + (source == null ? 0 : source.length));
        out.put((byte) ((row == null ? 0 : ROW) | (source == null ? 0 : SOURCE)));
        if (row != null) {
            out.put(row);
        }
        if (source != null) {
            out.put(source);
        }
        return out.array();
    }

    static Version decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        int flags = in.get();
        return new Version((flags & ROW) == 0 ? null : hash(in), (flags & SOURCE) == 0 ? null : hash(in));
    }

    static byte[] hash(ByteBuffer in) {
        byte[] hash = new byte[CanonicalRow.HASH_BYTES];
        in.get(hash);
        return hash;
    }
}
