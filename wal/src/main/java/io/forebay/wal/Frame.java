package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a frame: encoded by the log, decoded by every reader. A mutable view that its owner fills again and
 * again; not thread-safe.
 *
 * <p>Format: little-endian, never rewritten, independent of what stores the documents. A document is a 4-byte word and
 * its content at a multiple of 4; each content of ours is one frame:
 *
 * <pre>
 *  document   +------------------------------------+---------------------------------------------+
 *             | word: bit 31 not complete,         | content: one frame                          |
 *             | bit 30 not ours, bits 0-29 length  |                                             |
 *             +------------------------------------+---------------------------------------------+
 *
 *  frame   0  +-------------+---------+--------+--------+----------+
 *             | magic  4    | version | kind   | type   | reserved |
 *          8  +-------------+---------+--------+--------+----------+
 *             | minSeqId  8                                        |  START, RESERVE: the next seqId
 *         16  +----------------------------------------------------+
 *             | maxSeqId  8                                        |
 *         24  +----------------------------------------------------+
 *             | durableSeqId  8: synced when this was written      |  the witness that Recovery needs
 *         32  +----------------------------------------------------+
 *             | batchIdHash  8                                     |
 *         40  +----------------------------------------------------+
 *             | appendTimeMillis  8                                |
 *         48  +----------------------------------------------------+
 *             | totalLength  8: payload of the whole entry         |
 *         56  +-------------------------+--------------------------+
 *             | collection  4           | incarnation  4           |
 *         64  +-------------------------+--------------------------+
 *             | payloadLength  4        | part  4                  |  part: 0, 1, ...; in COMMIT their number
 *         72  +-------------------------+--------------------------+
 *             | reserved  4             | crc32c  4                |
 *         80  +-------------------------+--------------------------+
 *             | payload, then 0 to 3 bytes of zero                 |
 *             +----------------------------------------------------+
 * </pre>
 *
 * crc32c covers the payload, then the extent's number (8 bytes), then bytes 0 to 75: stale bytes of another extent never
 * check, and the payload's share is computed before the log's lock is taken. Magic, version, payloadLength and crc32c
 * stay where they are in every later version, so that a newer file is told from a damaged one.
 *
 * <p>Constants here are part of the format: change them only together with {@link #VERSION}.
 */
final class Frame {
    /** "FBWL" in the file. */
    static final int MAGIC = 0x4c574246;
    static final byte VERSION = 1;
    static final int HEADER_BYTES = 80;
    static final int WORD_BYTES = 4;

    /** An entry in one frame. */
    static final byte ENTRY = 1;
    /** A piece of an entry; worth nothing without its COMMIT. */
    static final byte PART = 2;
    /** Makes an entry of the PARTs directly before it. */
    static final byte COMMIT = 3;
    /** Nothing but a valid successor and a newer witness. */
    static final byte BARRIER = 4;
    /** First frame of an extent. Payload: number (8), size in bytes (8). */
    static final byte EXTENT = 5;
    /** Second frame of an extent in use. Payload: number of the extent before it (8), where that one ends (8). */
    static final byte START = 6;
    /** The next seqId is raised to minSeqId. */
    static final byte RESERVE = 7;

    private static final int CRC_OFFSET = 76;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    byte version = VERSION;
    byte kind;
    byte type;
    long minSeqId;
    long maxSeqId;
    long durableSeqId;
    long batchIdHash;
    long appendTimeMillis;
    long totalLength;
    int collection;
    int incarnation;
    int payloadLength;
    int part;

    /** Length of the document's content. */
    static int contentBytes(int payloadLength) {
        return HEADER_BYTES + (payloadLength + 3 & ~3);
    }

    /**
     * Fills the 80 bytes of {@code out}, whose order must be little-endian, and leaves it ready to be written.
     *
     * @param crc begun with the payload
     */
    void encode(ByteBuffer out, long extentNumber, PayloadCrc crc) {
        out.clear();
        out.putInt(MAGIC).put(VERSION).put(kind).put(type).put((byte) 0);
        out.putLong(minSeqId).putLong(maxSeqId).putLong(durableSeqId).putLong(batchIdHash);
        out.putLong(appendTimeMillis).putLong(totalLength);
        out.putInt(collection).putInt(incarnation).putInt(payloadLength).putInt(part).putInt(0);
        crc.add(extentNumber);
        crc.add(out.flip());
        out.limit(HEADER_BYTES).position(CRC_OFFSET);
        out.putInt(crc.value()).flip();
    }

    static boolean hasMagic(MemorySegment log, long frameOffset) {
        return log.get(INT, frameOffset) == MAGIC;
    }

    static int intAt(MemorySegment log, long offset) {
        return log.get(INT, offset);
    }

    static long longAt(MemorySegment log, long offset) {
        return log.get(LONG, offset);
    }

    /** Takes the header in; the checksum is the caller's next step. Needs {@link #HEADER_BYTES} bytes there. */
    void decode(MemorySegment log, long offset) {
        version = log.get(ValueLayout.JAVA_BYTE, offset + 4);
        kind = log.get(ValueLayout.JAVA_BYTE, offset + 5);
        type = log.get(ValueLayout.JAVA_BYTE, offset + 6);
        minSeqId = log.get(LONG, offset + 8);
        maxSeqId = log.get(LONG, offset + 16);
        durableSeqId = log.get(LONG, offset + 24);
        batchIdHash = log.get(LONG, offset + 32);
        appendTimeMillis = log.get(LONG, offset + 40);
        totalLength = log.get(LONG, offset + 48);
        collection = log.get(INT, offset + 56);
        incarnation = log.get(INT, offset + 60);
        payloadLength = log.get(INT, offset + 64);
        part = log.get(INT, offset + 68);
    }

    /** Whether the checksum of the decoded frame at this offset is right; its length must have been checked. */
    boolean checks(MemorySegment log, long offset, long extentNumber) {
        PayloadCrc crc = PayloadCrc.ofThisThread();
        crc.begin(log.asSlice(offset + HEADER_BYTES, payloadLength).asByteBuffer());
        crc.add(extentNumber);
        crc.add(log.asSlice(offset, CRC_OFFSET).asByteBuffer());
        return crc.value() == log.get(INT, offset + CRC_OFFSET);
    }
}
