package io.forebay.model.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The fixed part at the beginning of every frame. Little-endian, but for the collection, whose bytes are in the order
 * of its text.
 *
 * <pre>
 *   0        4      5   6        8            16           32       36           40     40 + pad8(headBytes)
 *   +--------+------+---+--------+------------+------------+--------+------------+------+---------+
 *   | length | type | 0 | status | request id | collection | credit | head bytes | head | payload |
 *   +--------+------+---+--------+------------+------------+--------+------------+------+---------+
 * </pre>
 * length counts what is behind it. The head is a map of fields ({@link Fields}), padded with zeros to 8 bytes, so the
 * payload begins at a multiple of 8 from the frame's beginning. The constants here are part of the protocol.
 *
 * @param frameBytes all of the frame, with its length field
 * @param status     of answers and errors: that of HTTP; 0 in requests
 * @param collection {@link #NONE} where there is none
 * @param credit     bytes that the receiver of the frame may send again; in {@link FrameType#CREDIT} of a request, of
 * that request
 */
public record FrameHeader(int frameBytes, byte typeCode, int status, long requestId, UUID collection,
        int credit,
        int headBytes) {
    /** What a client sends before its first frame. */
    public static final byte[] PREFACE = {'F', 'B', 'B', 'P', 1, 0, 0, 0};
    public static final int VERSION = 1;
    public static final int BYTES = 40;
    /** Of the length field, which does not count itself. */
    public static final int LENGTH_BYTES = 4;
    public static final UUID NONE = new UUID(0, 0);

    /** Of a frame to be sent. */
    public static FrameHeader of(FrameType type, int status, long requestId, UUID collection, int headBytes,
            int payloadBytes) {
        long total = BYTES + paddedBytes(headBytes) + payloadBytes;
        if (total > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a frame of " + total + " bytes is too long");
        }
        return new FrameHeader((int) total, (byte) type.code(), status, requestId, collection, 0, headBytes);
    }

    public static int padded(int headBytes) {
        return headBytes + 7 & ~7;
    }

    /** In long, because what a stranger claims may be anything. */
    private static long paddedBytes(int headBytes) {
        return headBytes + 7L & ~7L;
    }

    /** Length of the whole frame whose first four bytes these are; not checked against anything. */
    public static long frameBytes(int lengthField) {
        return LENGTH_BYTES + Integer.toUnsignedLong(lengthField);
    }

    /**
     * From the buffer's position, which moves behind the header.
     *
     * @throws IllegalArgumentException when the lengths contradict each other
     */
    public static FrameHeader read(ByteBuffer in) {
        ByteBuffer from = in.order(ByteOrder.LITTLE_ENDIAN);
        long total = frameBytes(from.getInt());
        byte type = from.get();
        from.get();
        int status = Short.toUnsignedInt(from.getShort());
        long requestId = from.getLong();
        long high = Long.reverseBytes(from.getLong());
        long low = Long.reverseBytes(from.getLong());
        int credit = from.getInt();
        int head = from.getInt();
        if (total > Integer.MAX_VALUE || head < 0 || BYTES + paddedBytes(head) > total) {
            throw new IllegalArgumentException("malformed frame: " + total + " bytes with a head of "
                    + Integer.toUnsignedString(head));
        }
        return new FrameHeader((int) total, type, status, requestId, high == 0 && low == 0
                ? NONE
                : new UUID(high, low), credit, head);
    }

    /** At the buffer's position, which moves behind the header. */
    public void write(ByteBuffer out) {
        out.order(ByteOrder.LITTLE_ENDIAN).putInt(frameBytes - LENGTH_BYTES).put(typeCode).put((byte) 0)
                .putShort((short) status).putLong(requestId)
                .putLong(Long.reverseBytes(collection.getMostSignificantBits()))
                .putLong(Long.reverseBytes(collection.getLeastSignificantBits())).putInt(credit)
                .putInt(headBytes);
    }

    public FrameHeader withCredit(int bytes) {
        return new FrameHeader(frameBytes, typeCode, status, requestId, collection, bytes, headBytes);
    }

    public int payloadBytes() {
        return frameBytes - BYTES - padded(headBytes);
    }
}
