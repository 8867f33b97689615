package io.forebay.wal;

/**
 * One frame of the log as the tools show it; its checksum was right.
 *
 * @param extent           number of the extent
 * @param offset           where its document begins in the file
 * @param type             the caller's kind of operation; 0 in frames of the log itself
 * @param minSeqId         first seqId of the entry; in frames of the log itself the next one to be given out
 * @param part             number of the piece; in COMMIT how many there are
 * @param payloadBytes     payload of this frame
 * @param totalBytes       payload of the whole entry
 * @param durableSeqId     what was synced when this was written
 */
public record WalFrame(int extent, long offset, Kind kind, byte type, int collection, int incarnation,
        long minSeqId, long maxSeqId, int part, int payloadBytes, long totalBytes, long appendTimeMillis,
        long batchIdHash, long durableSeqId) {

    /** The kinds of frames, by their code. */
    public enum Kind {
        UNKNOWN, ENTRY, PART, COMMIT, BARRIER, EXTENT, START, RESERVE;

        static Kind of(byte code) {
            return code > 0 && code < values().length ? values()[code] : UNKNOWN;
        }
    }

    /** Whether it is an entry or a piece of one. */
    public boolean ofEntry() {
        return kind == Kind.ENTRY || kind == Kind.PART || kind == Kind.COMMIT;
    }

    /** How many records its entry has; 0 in frames of the log itself. */
    public long records() {
        return ofEntry() ? maxSeqId - minSeqId + 1 : 0;
    }

    /** Where its document ends. */
    public long endOffset() {
        return offset + Frame.WORD_BYTES + Frame.contentBytes(payloadBytes);
    }

    static WalFrame of(int extent, DocumentWalk walk) {
        Frame frame = walk.frame;
        return new WalFrame(extent, walk.documentOffset(), Kind.of(frame.kind), frame.type, frame.collection,
                frame.incarnation, frame.minSeqId, frame.maxSeqId, frame.part, frame.payloadLength,
                frame.totalLength, frame.appendTimeMillis, frame.batchIdHash, frame.durableSeqId);
    }
}
