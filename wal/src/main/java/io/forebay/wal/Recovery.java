package io.forebay.wal;

import io.forebay.wal.ExtentFiles.Purged;
import io.forebay.wal.RecoveryReport.ExtentReport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides at the start what of the log is believed. Trusts no header, index or lock file, only frames that check and the
 * chain of their seqIds. Changes no file: what is to be done about its findings is its caller's part.
 *
 * <p>The chain goes from frame to frame, and from extent to extent by the START frame, which says where the extent before
 * it ends. Where it breaks off there is either the tail, in which a crash may have left half a frame and a power loss any
 * mixture of written and unwritten pages, also of several extents, or damage:
 * <ol>
 *   <li>no valid frame behind the bad place: a torn tail, given up and counted;
 *   <li>a valid frame behind it, there or in a later extent, that was written when the bad place was already synced (its
 *       durableSeqId says so): damage, whatever it looks like;
 *   <li>a valid frame behind it and no such witness: the bad place never was synced. If it looks like pages that never
 *       were written (zeros, an unfinished document), it is a torn tail after a power loss, and later extents are given up
 *       with it; else damage.
 * </ol>
 * An extent's file, its size and its EXTENT frame are synced before it is used, and an extent is purged only when the
 * START of the one behind it is: a missing or shorter file, or one without its EXTENT frame, is damage. Where an extent
 * seems to end and the next has lost its START, the bad place is that START.
 *
 * <p>Threads: one, before the log is open. Failure: damage throws CORRUPT with file and offset.
 */
final class Recovery {
    private final ExtentFiles files;
    private final TreeMap<Integer, Opened> opened = new TreeMap<>();
    private final List<Integer> unused = new ArrayList<>();
    private final TreeSet<Integer> abandoned = new TreeSet<>();
    private final Map<Long, Long> recordedEnds = new HashMap<>();
    private final List<ExtentReport> reports = new ArrayList<>();
    private final TreeMap<Integer, Extent> kept = new TreeMap<>();
    private final ChainWalk chain = new ChainWalk(kept::get);
    private TreeMap<Integer, Purged> purged = new TreeMap<>();
    private long tornBytes;

    private Recovery(ExtentFiles files) {
        this.files = files;
    }

    /**
     * What the log goes on from.
     *
     * @param unused     extents to delete: made and never used, or purged already
     * @param abandoned  extents to delete, the highest first, because they lie behind a torn tail
     * @param unsynced   extents of which not all is known to be on the disk
     * @param lastNumber the extent in use last, -1 when there was none
     */
    record Result(TreeMap<Integer, Extent> extents, TreeMap<Integer, Purged> purged, List<Integer> unused,
            TreeSet<Integer> abandoned, List<Extent> unsynced, int highestNumber, long lastNumber,
            long lastEnd,
            RecoveryReport report) {}

    /**
     * An extent with its START frame or, {@code wrong} says why, without.
     *
     * @param walk    behind the START frame, or at its place
     * @param startAt where the START frame is or should be
     * @param made    whether its EXTENT frame is there
     */
    private record Opened(Extent extent, MemorySegment log, DocumentWalk walk, long startAt, boolean made,
            @Nullable String wrong) {
        boolean started() {
            return wrong == null;
        }

        Tail.Stretch from(long offset) {
            return new Tail.Stretch(extent.file, extent.number, log.asSlice(0, extent.sizeBytes), offset);
        }
    }

    static Result run(ExtentFiles files) throws IOException {
        Recovery recovery = new Recovery(files);
        boolean recovered = false;
        try {
            Result result = recovery.recover();
            recovered = true;
            return result;
        } catch (InternalError e) {
            // The disk did not give the bytes of a mapping.
            throw new IOException("a file of the log cannot be read", e);
        } finally {
            for (Opened each : recovery.opened.values()) {
                each.extent.release();
                if (!recovered || !recovery.kept.containsKey(each.extent.number)) {
                    each.extent.retire();
                }
            }
        }
    }

    private Result recover() throws IOException {
        long begin = System.nanoTime();
        ExtentFiles.Listing listing = files.list();
        purged = listing.purged();
        purged.values().forEach(mark -> recordedEnds.put(mark.previousNumber(), mark.previousEnd()));
        for (int number : listing.extents()) {
            if (purged.containsKey(number)) {
                unused.add(number); // the purge was decided and marked; a crash came between
            } else {
                open(number);
            }
        }
        checkMade();
        checkLinks();
        Extent last = null;
        boolean broken = false;
        for (Opened each : opened.values()) {
            if (broken) {
                abandoned.add(each.extent.number);
            } else if (each.started()) {
                broken = !walk(each, last);
                last = each.extent;
            } else if (isUsed(each)) {
                checkSize(each.extent);
                giveUp(each, String.valueOf(each.wrong));
                abandoned.add(each.extent.number);
                broken = true;
            } else {
                unused.add(each.extent.number);
            }
        }
        long lastSeqId = Math.max(0, chain.expectedSeqId() - 1);
        RecoveryReport report = new RecoveryReport(chain.entries(), lastSeqId, chain.witnessedSeqId(),
                tornBytes,
                System.nanoTime() - begin,
                List.copyOf(reports));
        return new Result(kept, purged, unused, abandoned, unsynced(), listing.highestNumber(),
                last == null ? -1 : last.number, last == null ? 0 : last.endOffset, report);
    }

    /** The newest ones, back to the first with an entry that was synced: a sync covers all that is before it. */
    private List<Extent> unsynced() {
        List<Extent> found = new ArrayList<>();
        for (Extent extent : kept.descendingMap().values()) {
            found.add(extent);
            if (extent.firstSeqId != 0 && extent.firstSeqId <= chain.witnessedSeqId()) {
                break;
            }
        }
        return found;
    }

    /** Reads the two first frames, EXTENT and START. */
    private void open(int number) throws IOException {
        Path file = files.fileOf(number);
        if (file == null) {
            if (files.isPrecreated(number)) {
                unused.add(number);
                return;
            }
            throw new WalException(WalException.Reason.CORRUPT,
                    files.pathOf(number) + ": the extent's file is missing (offset 0)");
        }
        Extent extent = new Extent(number, file, files.disk());
        MemorySegment log = extent.lease();
        boolean keep = false;
        try {
            DocumentWalk walk = new DocumentWalk(log, number);
            String wrong = next(extent, walk, log.byteSize(), Frame.EXTENT);
            long made = wrong != null ? log.byteSize() : Frame.longAt(log, walk.payloadOffset() + 8);
            extent.sizeBytes = Math.min(log.byteSize(), made);
            boolean whole = wrong == null;
            long startAt = walk.offset();
            wrong = wrong != null ? wrong : next(extent, walk, log.byteSize(), Frame.START);
            if (wrong == null) {
                extent.previousNumber = Frame.longAt(log, walk.payloadOffset());
                extent.previousEnd = Frame.longAt(log, walk.payloadOffset() + 8);
                recordedEnds.put(extent.previousNumber, extent.previousEnd);
            }
            opened.put(number, new Opened(extent, log, walk, startAt, whole, wrong));
            keep = true;
        } finally {
            if (!keep) {
                extent.release();
                extent.retire();
            }
        }
    }

    /** Null when the next frame is of this kind, else what is wrong. */
    private static @Nullable String next(Extent extent, DocumentWalk walk, long limit, byte kind) {
        return switch (walk.step(limit)) {
            case FRAME ->
                walk.frame.kind == kind ? null : "a frame of kind " + walk.frame.kind + " instead of " + kind;
            case END -> "zeros instead of the frame of kind " + kind;
            case BAD -> walk.reason();
            case NEWER -> throw newer(extent, walk);
        };
    }

    /** Whether an extent without a START was in use all the same: another continues it, or frames lie in it. */
    private boolean isUsed(Opened each) {
        if (recordedEnds.containsKey((long) each.extent.number)) {
            return true;
        }
        DocumentWalk behind = new DocumentWalk(each.log, each.extent.number);
        long found = behind.search(each.walk.offset(), each.extent.sizeBytes);
        while (found >= 0 && behind.frame.kind == Frame.EXTENT) {
            found = behind.search(behind.offset(), each.extent.sizeBytes);
        }
        return found >= 0;
    }

    /** No extent is used before its first frame is on the disk. */
    private void checkMade() {
        for (Opened each : opened.values()) {
            if (!each.made() && isUsed(each)) {
                throw each.extent.corrupt(each.walk.offset(), String.valueOf(each.wrong));
            }
        }
    }

    /** No extent is used before its size is on the disk. */
    private void checkSize(Extent extent) {
        Long recorded = recordedEnds.get((long) extent.number);
        if (recorded != null && recorded > extent.sizeBytes) {
            throw extent.corrupt(extent.sizeBytes, "the file ends here instead of at " + recorded);
        }
    }

    /** Each extent continues one that is there, or that is remembered as purged; only the oldest need not. */
    private void checkLinks() {
        Extent last = null;
        for (Opened each : opened.values()) {
            if (each.started()) {
                checkLink(each.extent, last);
                last = each.extent;
            }
        }
    }

    private void checkLink(Extent extent, @Nullable Extent last) {
        long lastNumber = last == null ? -1 : last.number;
        long previous = ExtentFiles.previousKept(purged, extent.previousNumber);
        if (previous == lastNumber || last == null && !unused.contains((int) previous)) {
            return; // the oldest ones are purged without a mark
        }
        Opened headless = previous > lastNumber ? opened.get((int) previous) : null;
        if (headless != null && !headless.started()) {
            return; // it is judged when the walk comes to it
        }
        if (previous > lastNumber) {
            throw new WalException(WalException.Reason.CORRUPT, files.pathOf((int) previous)
                    + ": the extent is missing; " + extent.file + " continues it (offset 0)");
        }
        throw extent.corrupt(0, "it does not continue " + (last == null ? "any" : last.file));
    }

    /** Follows the chain through one extent; false when it breaks off there, and that is no damage. */
    private boolean walk(Opened each, @Nullable Extent last) {
        Extent extent = each.extent;
        DocumentWalk walk = each.walk;
        kept.put(extent.number, extent);
        boolean chained = last != null && extent.previousNumber == last.number;
        chain.start(walk.frame, chained, extent, walk.documentOffset());
        checkSize(extent);
        Long recorded = recordedEnds.get((long) extent.number);
        long limit = recorded != null ? recorded : extent.sizeBytes;
        DocumentWalk.Found found = walk.step(limit);
        while (found == DocumentWalk.Found.FRAME) {
            chain.take(extent, walk.frame, walk.documentOffset());
            found = walk.step(limit);
        }
        if (found == DocumentWalk.Found.NEWER) {
            throw newer(extent, walk);
        }
        extent.endOffset = walk.offset();
        boolean whole = recorded != null ? walk.offset() == recorded : endsBeforeLostStart(each);
        long tornBefore = tornBytes;
        if (!whole) {
            giveUp(each, found == DocumentWalk.Found.BAD ? walk.reason() : "zeros instead of a document");
        }
        extent.sealed = true;
        reports.add(new ExtentReport(extent.number, extent.entries, extent.firstSeqId, extent.lastSeqId,
                extent.endOffset, tornBytes - tornBefore));
        return whole;
    }

    /** Nothing is left here, and what comes next has no START: that is the bad place, if there is one. */
    private boolean endsBeforeLostStart(Opened each) {
        for (Opened next : opened.tailMap(each.extent.number, false).values()) {
            if (next.started() || isUsed(next)) {
                return !next.started() && Tail.endOfData(each.from(0).log(), each.walk.offset()) == each.walk
                        .offset();
            }
        }
        return false;
    }

    /** The chain breaks off here: a torn tail, or CORRUPT is thrown. */
    private void giveUp(Opened at, String reason) {
        Long recorded = recordedEnds.get((long) at.extent.number);
        List<Tail.Stretch> later = opened.tailMap(at.extent.number, false).values().stream()
                .filter(behind -> behind.started() || isUsed(behind))
                .map(behind -> behind.from(behind.startAt())).toList();
        Tail.Verdict verdict = Tail.judge(at.from(at.walk.offset()),
                recorded != null ? recorded : at.extent.sizeBytes, later,
                reason,
                chain.expectedSeqId());
        if (verdict.damage() != null) {
            throw at.extent.corrupt(at.walk.offset(), verdict.damage());
        }
        tornBytes += verdict.tornBytes();
        Gather gather = chain.gather();
        if (gather.active()) {
            // Pieces without their COMMIT; those in earlier extents stay there and are passed over.
            tornBytes += gather.documentBytes();
            if (Position.extentNumber(gather.position()) == at.extent.number) {
                at.extent.endOffset = Position.offset(gather.position());
            }
        }
        gather.abandon();
    }

    private static WalException newer(Extent extent, DocumentWalk walk) {
        return new WalException(WalException.Reason.NEWER_VERSION,
                extent.file + " at offset " + walk.offset() + ": " + walk.reason());
    }
}
