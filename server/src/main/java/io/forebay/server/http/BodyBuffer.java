package io.forebay.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The body of one request as it arrives, in one array, because the decoder reads base64 straight from it. The array
 * grows with what has arrived and not with what was announced, so that announcing costs a client more than us.
 */
final class BodyBuffer {
    private static final int FIRST_BYTES = 8 << 10;
    private static final byte[] NONE = new byte[0];

    private byte[] bytes = NONE;
    private int length;

    /** @param announced content length, or -1 when it is not known */
    void append(ByteBuf content, long announced) {
        int more = content.readableBytes();
        if (more == 0) {
            return;
        }
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            long roomy = Math.max(needed, Math.max(FIRST_BYTES, 4L * bytes.length));
            long capacity = announced >= needed ? Math.min(announced, roomy) : roomy;
            bytes = Arrays.copyOf(bytes, (int) Math.min(capacity, Integer.MAX_VALUE - 16));
        }
        content.getBytes(content.readerIndex(), bytes, length, more);
        length = needed;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }
}
