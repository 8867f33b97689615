package io.forebay.client;

import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Frames from a socket. What is read at once is kept in one array; a payload gets an array of its own, and the part of it that
 * has not come yet is read right into that.
 *
 * <p>Threads: the connection's reader; any may ask when something came last.
 */
final class WireInput {
    private static final int BYTES = 64 << 10;
    private static final int FIRST_FRAME_BYTES_MAX = 1 << 20;
    /** A longer payload gets its memory as it comes, so a length that is nonsense does not take it all. */
    private static final int AT_ONCE_BYTES_MAX = 64 << 20;
    private static final byte[] NOTHING = {};

    private final InputStream in;
    private final byte[] bytes = new byte[BYTES];
    private int at;
    private int end;
    private boolean isFirst = true;
    private volatile long heardNanos = System.nanoTime();

    WireInput(InputStream in) {
        this.in = in;
    }

    long heardNanos() {
        return heardNanos;
    }

    /** @throws EOFException when the stream ends, also between two frames */
    WireAnswer next() throws IOException, WireViolation {
        fill(FrameHeader.BYTES);
        FrameHeader header = header();
        at += FrameHeader.BYTES;
        byte[] head = content(FrameHeader.padded(header.headBytes()));
        byte[] exact = head.length == header.headBytes()
                ? head
                : Arrays.copyOf(head, header.headBytes());
        byte[] payload = content(header.payloadBytes());
        isFirst = false;
        try {
            return new WireAnswer(header, Fields.decode(exact), payload);
        } catch (ForebayException e) {
            throw new WireViolation(String.valueOf(e.getMessage()));
        }
    }

    private FrameHeader header() throws WireViolation {
        FrameHeader header;
        try {
            header = FrameHeader.read(ByteBuffer.wrap(bytes, at, FrameHeader.BYTES));
        } catch (IllegalArgumentException e) {
            throw new WireViolation(e.getMessage() + beginning());
        }
        FrameType type = FrameType.of(header.typeCode());
        if (type == null || bytes[at + 5] != 0) {
            throw new WireViolation(
                    "a frame of the unknown type " + (header.typeCode() & 0xff) + beginning());
        }
        if (isFirst && (type != FrameType.HELLO_OK && type != FrameType.ERROR
                || header.frameBytes() > FIRST_FRAME_BYTES_MAX)) {
            throw new WireViolation("a frame " + type + " of " + header.frameBytes()
                    + " bytes before HELLO_OK" + beginning());
        }
        return header;
    }

    /** What a server of another kind says is worth to be shown. */
    private String beginning() {
        if (!isFirst) {
            return "";
        }
        String text = new String(bytes, at, Math.min(end - at, 40), StandardCharsets.ISO_8859_1);
        return "; it began with '" + text.replaceAll("[^ -~]", ".") + "'";
    }

    private byte[] content(int length) throws IOException {
        if (length == 0) {
            return NOTHING;
        }
        if (length > AT_ONCE_BYTES_MAX) {
            return growing(length);
        }
        byte[] content = new byte[length];
        int here = Math.min(length, end - at);
        System.arraycopy(bytes, at, content, 0, here);
        at += here;
        while (here < length) {
            // Short rests come with what follows them.
            if (length - here < BYTES / 2) {
                fill(length - here);
                System.arraycopy(bytes, at, content, here, length - here);
                at += length - here;
                return content;
            }
            here += read(content, here, length - here);
        }
        return content;
    }

    private byte[] growing(int length) throws IOException {
        byte[] content = new byte[AT_ONCE_BYTES_MAX];
        int size = 0;
        while (size < length) {
            if (size == content.length) {
                content = Arrays.copyOf(content, (int) Math.min(length, 2L * size));
            }
            if (at < end) {
                int here = Math.min(Math.min(end - at, length - size), content.length - size);
                System.arraycopy(bytes, at, content, size, here);
                at += here;
                size += here;
            } else {
                size += read(content, size, Math.min(length, content.length) - size);
            }
        }
        return content;
    }

    /** Until so many are there; at most half of the array. */
    private void fill(int wanted) throws IOException {
        if (end - at >= wanted) {
            return;
        }
        System.arraycopy(bytes, at, bytes, 0, end - at);
        end -= at;
        at = 0;
        while (end < wanted) {
            end += read(bytes, end, BYTES - end);
        }
    }

    private int read(byte[] to, int offset, int length) throws IOException {
        int count = in.read(to, offset, length);
        if (count < 0) {
            throw new EOFException("the server closed it");
        }
        heardNanos = System.nanoTime();
        return count;
    }
}
