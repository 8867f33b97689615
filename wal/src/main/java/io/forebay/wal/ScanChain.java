package io.forebay.wal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chain of seqIds and of the pieces of batches through a log that may be damaged: the rules of {@link Recovery}, but
 * where that refuses, this notes what is lost and goes on. One thread at a time.
 *
 * <p>Invariant: {@link #expectedSeqId} never falls; so what is kept has rising seqIds, each once.
 */
final class ScanChain {
    private final Losses losses;
    private final Gather gather = new Gather();
    /** Positions of the pieces gathered so far. */
    private final List<Long> pieces = new ArrayList<>();
    private final Set<Long> worthless = new HashSet<>();
    /** Where the batch that is gathered begins. */
    private @Nullable ScannedExtent begin;
    /** 0 until something tells it. */
    private long expectedSeqId;
    private long witnessed;
    private long entries;
    /** How many places were damaged when the last START said what the next seqId is. */
    private int damagesAtStart;
    private boolean orphansAllowed = true;

    ScanChain(Losses losses) {
        this.losses = losses;
    }

    long expectedSeqId() {
        return expectedSeqId;
    }

    long entries() {
        return entries;
    }

    /** Positions of frames that check and are part of no whole entry, or repeat one. */
    Set<Long> worthless() {
        return worthless;
    }

    /** The batch whose pieces came last, as far as it got. */
    Gather gather() {
        return gather;
    }

    /**
     * An extent begins with this next seqId.
     *
     * @param chained whether it continues the extent walked last
     * @param purged  whether extents between the two were purged
     */
    void start(ScannedExtent extent, Frame frame, boolean chained, boolean purged) {
        long next = frame.minSeqId;
        long offset = extent.walk.documentOffset();
        if (next < expectedSeqId || (next > expectedSeqId && chained && !losses.open())) {
            losses.add(extent.file, extent.number, offset, extent.walk.offset(),
                    "it starts at seqId " + next + " instead of " + expectedSeqId);
        }
        if (!purged || losses.open()) {
            missUpTo(next);
        }
        // Not closed yet: pieces of a batch that was hit may follow.
        damagesAtStart = losses.count();
        expectedSeqId = Math.max(expectedSeqId, next);
        if (!chained) {
            dropPieces();
            orphansAllowed = true;
        }
    }

    /** What lies before this seqId and did not come is lost. */
    private void missUpTo(long seqId) {
        if (expectedSeqId > 0) {
            losses.lost(expectedSeqId, seqId - 1);
        } else if (losses.open() && seqId > 1) {
            losses.lost(0, seqId - 1);
        }
    }

    /** One frame that checks. */
    void take(ScannedExtent extent, Frame frame) {
        witnessed = Math.max(witnessed, frame.durableSeqId);
        switch (frame.kind) {
            case Frame.ENTRY -> entry(extent, frame);
            case Frame.PART -> part(extent, frame);
            case Frame.COMMIT -> commit(extent, frame);
            case Frame.BARRIER -> {
                dropPieces();
                if (losses.open()) {
                    raise(frame.minSeqId);
                }
            }
            case Frame.RESERVE -> {
                dropPieces();
                if (frame.minSeqId < expectedSeqId) {
                    misplaced(extent, frame);
                }
                // Behind damage nobody knows whether it skipped what was lost or what never was.
                if (losses.open() && losses.count() > damagesAtStart) {
                    missUpTo(frame.minSeqId);
                }
                losses.close();
                expectedSeqId = Math.max(expectedSeqId, frame.minSeqId);
            }
            default -> misplaced(extent, frame);
        }
    }

    private void raise(long next) {
        missUpTo(next);
        losses.close();
        expectedSeqId = Math.max(expectedSeqId, next);
    }

    private void entry(ScannedExtent extent, Frame frame) {
        dropPieces();
        orphansAllowed = false;
        if (reach(extent, frame)) {
            extent.noteEntry(frame);
            advance(frame);
        } else {
            worthless.add(position(extent));
        }
    }

    private void part(ScannedExtent extent, Frame frame) {
        if (frame.part == 0) {
            dropPieces();
            orphansAllowed = false;
            if (!reach(extent, frame)) {
                worthless.add(position(extent));
                return;
            }
            begin = extent;
        }
        if (gather.part(frame, position(extent))) {
            pieces.add(position(extent));
            return;
        }
        dropPieces();
        worthless.add(position(extent));
        if (!orphansAllowed && !losses.open()) {
            misplaced(extent, frame);
        }
        losses.hint(frame.collection);
    }

    private void commit(ScannedExtent extent, Frame frame) {
        boolean pieced = gather.active();
        if (gather.commit(frame)) {
            pieces.clear();
            losses.close();
            (begin == null ? extent : begin).noteEntry(frame);
            advance(frame);
            return;
        }
        worthless.add(position(extent));
        dropPieces();
        if (!losses.open() && (!orphansAllowed || pieced || frame.minSeqId < expectedSeqId)) {
            misplaced(extent, frame);
        }
        if (losses.open()) {
            losses.hint(frame.collection);
            raise(frame.maxSeqId + 1);
        } else {
            expectedSeqId = Math.max(expectedSeqId, frame.maxSeqId + 1);
        }
    }

    /** Whether the entry that begins here is a new one; what is missing before it is lost. */
    private boolean reach(ScannedExtent extent, Frame frame) {
        if (frame.minSeqId < Math.max(1, expectedSeqId) || frame.maxSeqId < frame.minSeqId) {
            misplaced(extent, frame);
            losses.close();
            return false;
        }
        if (expectedSeqId > 0 && frame.minSeqId > expectedSeqId && !losses.open()) {
            misplaced(extent, frame);
        }
        missUpTo(frame.minSeqId);
        losses.close();
        expectedSeqId = frame.minSeqId;
        return true;
    }

    private void advance(Frame frame) {
        entries++;
        expectedSeqId = frame.maxSeqId + 1;
    }

    private void misplaced(ScannedExtent extent, Frame frame) {
        losses.add(extent.file, extent.number, extent.walk.documentOffset(), extent.walk.offset(),
                "a frame of kind " + frame.kind + " with seqIds " + frame.minSeqId + " to " + frame.maxSeqId
                        + " (part " + frame.part + ") where seqId " + expectedSeqId + " is next");
    }

    /** The batch that was begun stays without its COMMIT. */
    private void dropPieces() {
        gather.abandon();
        worthless.addAll(pieces);
        pieces.clear();
    }

    /** The log ends: what was synced and did not come is lost. */
    void end() {
        dropPieces();
        if (losses.open()) {
            raise(witnessed + 1);
        }
    }

    private static long position(ScannedExtent extent) {
        return Position.of(extent.number, extent.walk.documentOffset());
    }
}
