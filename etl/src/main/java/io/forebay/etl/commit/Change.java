package io.forebay.etl.commit;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one commit changed of one id. The value in CHANGES:
 * <pre>
 *   flags:1 [before:32] [after:32] [source of before:32]     flags = 1 before | 2 after | 4 source of before
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent")
record Change(byte[] id, Version before, byte @Nullable [] after) {
    private static final int BEFORE = 1;
    private static final int AFTER = 2;
    private static final int SOURCE = 4;

    String idText() {
        return Keys.text(id);
    }

    byte[] encode() {
        byte[][] fields = {before.row(), after, before.source()};
        ByteBuffer out = ByteBuffer.allocate(1 + fields.length * CanonicalRow.HASH_BYTES);
        out.put((byte) 0);
        int flags = 0;
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] != null) {
                flags |= 1 << i;
                out.put(fields[i]);
            }
        }
        byte[] value = new byte[out.position()];
        out.flip().get(value);
        value[0] = (byte) flags;
        return value;
    }

    static Change decode(byte[] id, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        int flags = in.get();
        byte[] before = (flags & BEFORE) == 0 ? null : Version.hash(in);
        byte[] after = (flags & AFTER) == 0 ? null : Version.hash(in);
        byte[] source = (flags & SOURCE) == 0 ? null : Version.hash(in);
        return new Change(id, new Version(before, source), after);
    }
}
