package io.forebay.wal;

import org.jspecify.annotations.Nullable;

/**
 * The chain of seqIds through all extents, frame by frame: does each one continue what was before it? Threads: one.
 */
final class ChainWalk {
    /** Finds an extent by its number. */
    interface Extents {
        @Nullable
        Extent get(int number);
    }

    private final Extents extents;
    private final Gather gather = new Gather();
    private long expectedSeqId;
    private long entries;
    private long witnessedSeqId;
    /** The oldest pieces of a batch may be in an extent that was purged. */
    private boolean orphansAllowed;

    ChainWalk(Extents extents) {
        this.extents = extents;
    }

    /** What the next entry begins with; 0 when nothing is known yet. */
    long expectedSeqId() {
        return expectedSeqId;
    }

    long entries() {
        return entries;
    }

    /** The highest seqId that a frame seen so far says was synced. */
    long witnessedSeqId() {
        return witnessedSeqId;
    }

    Gather gather() {
        return gather;
    }

    /** A START frame; {@code chained} when nothing is missing between its extent and the one before. */
    void start(Frame frame, boolean chained, Extent extent, long at) {
        if (frame.minSeqId < expectedSeqId || (chained && frame.minSeqId != expectedSeqId)) {
            throw extent.corrupt(at, "it starts at seqId " + frame.minSeqId + " instead of " + expectedSeqId);
        }
        if (!chained) {
            gather.abandon();
            orphansAllowed = true;
        }
        witness(frame);
        expectedSeqId = frame.minSeqId;
    }

    /** Any later frame; throws CORRUPT when it does not continue the chain. */
    void take(Extent extent, Frame frame, long at) {
        boolean right = switch (frame.kind) {
            case Frame.ENTRY -> entry(extent, frame, at);
            case Frame.PART -> part(extent, frame, at);
            case Frame.COMMIT -> commit(extent, frame);
            case Frame.BARRIER -> {
                gather.abandon();
                yield true;
            }
            case Frame.RESERVE -> {
                gather.abandon();
                long before = expectedSeqId;
                expectedSeqId = frame.minSeqId;
                yield frame.minSeqId >= before;
            }
            default -> false;
        };
        if (!right) {
            throw extent.corrupt(at,
                    "a frame of kind " + frame.kind + " with seqIds " + frame.minSeqId + " to "
                            + frame.maxSeqId + " (part " + frame.part + ") where seqId " + expectedSeqId
                            + " is next");
        }
        witness(frame);
    }

    private void witness(Frame frame) {
        witnessedSeqId = Math.max(witnessedSeqId, frame.durableSeqId);
    }

    private boolean continues(Frame frame) {
        return frame.minSeqId == expectedSeqId && frame.maxSeqId >= frame.minSeqId;
    }

    private boolean entry(Extent extent, Frame frame, long at) {
        gather.abandon();
        orphansAllowed = false;
        if (!continues(frame)) {
            return false;
        }
        extent.noteEntry(frame, at);
        advance(frame);
        return true;
    }

    private boolean part(Extent extent, Frame frame, long at) {
        if (!continues(frame)) {
            return false;
        }
        extent.notePart(frame);
        orphansAllowed &= frame.part > 0;
        return gather.part(frame, Position.of(extent.number, at)) || orphansAllowed;
    }

    private boolean commit(Extent extent, Frame frame) {
        if (!continues(frame)) {
            return false;
        }
        extent.notePart(frame);
        if (gather.commit(frame)) {
            Extent begin = extents.get(Position.extentNumber(gather.position()));
            if (begin != null) {
                begin.noteEntry(frame, Position.offset(gather.position()));
            }
            advance(frame);
            return true;
        }
        expectedSeqId = frame.maxSeqId + 1;
        return orphansAllowed;
    }

    private void advance(Frame frame) {
        entries++;
        expectedSeqId = frame.maxSeqId + 1;
    }
}
