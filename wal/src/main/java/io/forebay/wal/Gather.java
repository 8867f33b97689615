package io.forebay.wal;

/**
 * Follows the pieces of an entry of several frames, for recovery and for readers alike: PART 0, PART 1, ... and a COMMIT
 * that agrees with them make an entry; anything else in between means that the batch was abandoned.
 */
final class Gather {
    private boolean active;
    private long minSeqId;
    private long maxSeqId;
    private long totalLength;
    private long gatheredLength;
    private long documentBytes;
    private int parts;
    private long position;

    boolean active() {
        return active;
    }

    /** Where the first piece is. */
    long position() {
        return position;
    }

    /** What the pieces so far take in the log. */
    long documentBytes() {
        return documentBytes;
    }

    void abandon() {
        active = false;
    }

    /** Takes a PART; false when it does not continue what was begun. */
    boolean part(Frame frame, long atPosition) {
        if (frame.totalLength < 0 || frame.totalLength > Integer.MAX_VALUE) {
            return false;
        }
        if (frame.part == 0) {
            active = true;
            minSeqId = frame.minSeqId;
            maxSeqId = frame.maxSeqId;
            totalLength = frame.totalLength;
            gatheredLength = frame.payloadLength;
            documentBytes = (long) Frame.WORD_BYTES + Frame.contentBytes(frame.payloadLength);
            parts = 1;
            position = atPosition;
            return true;
        }
        if (!agrees(frame) || frame.part != parts || gatheredLength + frame.payloadLength > totalLength) {
            return false;
        }
        parts++;
        gatheredLength += frame.payloadLength;
        documentBytes += Frame.WORD_BYTES + Frame.contentBytes(frame.payloadLength);
        return true;
    }

    /** Takes the COMMIT; false when it is not that of the pieces. */
    boolean commit(Frame frame) {
        boolean whole = agrees(frame) && frame.part == parts && gatheredLength == totalLength;
        active = false;
        return whole;
    }

    private boolean agrees(Frame frame) {
        return active && frame.minSeqId == minSeqId && frame.maxSeqId == maxSeqId
                && frame.totalLength == totalLength;
    }
}
