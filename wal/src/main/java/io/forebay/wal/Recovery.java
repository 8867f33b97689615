package io.forebay.wal;

import io.forebay.wal.ExtentFiles.Purged;
import io.forebay.wal.RecoveryReport.ExtentReport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides at the start what of the log is believed. Trusts no header, index or lock file, only frames that check and the
 * chain of their seqIds.
 *
 * <p>The START frame of an extent says where the extent before it ends, and was written when all of that was synced. So
 * every extent but the last in use has a recorded end, and anything wrong before it is damage. Behind the end of the last
 * one there is the tail, where a crash may have left half a frame, and a power loss any mixture of written and unwritten
 * pages:
 * <ol>
 *   <li>no valid frame behind the first bad place: a torn tail, given up and counted;
 *   <li>a valid frame behind it that was written when the bad place was already synced (its durableSeqId says so):
 *       damage, whatever it looks like;
 *   <li>a valid frame behind it and no such witness: the bad place never was synced. If it looks like pages that never
 *       were written (zeros, an unfinished document), it is a torn tail after a power loss; else damage.
 * </ol>
 *
 * <p>Threads: one, before the log is open. Failure: damage throws CORRUPT with file and offset and changes no file.
 */
final class Recovery {
    private final ExtentFiles files;
    private final TreeMap<Integer, Opened> started = new TreeMap<>();
    private final List<Integer> unused = new ArrayList<>();
    private final Map<Long, Long> recordedEnds = new HashMap<>();
    private final List<ExtentReport> reports = new ArrayList<>();
    private TreeMap<Integer, Purged> purged = new TreeMap<>();
    private final Gather gather = new Gather();
    private long expectedSeqId;
    private long entries;
    private long tornBytes;
    /** The oldest pieces of a batch may be in an extent that was purged. */
    private boolean orphansAllowed;

    private Recovery(ExtentFiles files) {
        this.files = files;
    }

    /**
     * What the log goes on from.
     *
     * @param lastNumber the extent in use last, -1 when there was none
     * @param unused     extents that were made and never used
     */
    record Result(TreeMap<Integer, Extent> extents, TreeMap<Integer, Purged> purged, List<Integer> unused,
            int highestNumber, long lastNumber, long lastEnd, RecoveryReport report) {}

    /** An extent with its START frame, if it has one. */
    private record Opened(Extent extent, MemorySegment log, DocumentWalk walk, long nextSeqId) {}

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
            for (Opened opened : recovery.started.values()) {
                opened.extent.release();
                if (!recovered) {
                    opened.extent.retire();
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
                files.discard(number); // the purge was decided and marked; a crash came between
            } else {
                open(number);
            }
        }
        Extent last = null;
        for (Opened opened : started.values()) {
            link(opened, last);
            walk(opened);
            last = opened.extent;
        }
        TreeMap<Integer, Extent> extents = new TreeMap<>();
        started.values().forEach(opened -> extents.put(opened.extent.number, opened.extent));
        long lastSeqId = expectedSeqId == 0 ? 0 : expectedSeqId - 1;
        RecoveryReport report = new RecoveryReport(entries, lastSeqId, tornBytes, System.nanoTime() - begin,
                List.copyOf(reports));
        return new Result(extents, purged, unused, listing.highestNumber(), last == null ? -1 : last.number,
                last == null ? 0 : last.endOffset, report);
    }

    /** Reads the two first frames, EXTENT and START. */
    private void open(int number) throws IOException {
        Extent extent = new Extent(number, files.pathOf(number));
        if (!Files.exists(extent.file)) {
            if (Files.exists(extent.directory.resolve(ChronicleExtent.PRECREATED))) {
                unused.add(number);
                return;
            }
            throw extent.corrupt(0, "the file is missing");
        }
        MemorySegment log = extent.lease();
        boolean keep = false;
        try {
            DocumentWalk walk = new DocumentWalk(log, number);
            String wrong = next(extent, walk, log.byteSize(), Frame.EXTENT);
            long made = wrong != null ? log.byteSize() : Frame.longAt(log, walk.payloadOffset() + 8);
            extent.sizeBytes = Math.min(log.byteSize(), made);
            wrong = wrong != null ? wrong : next(extent, walk, log.byteSize(), Frame.START);
            if (wrong != null) {
                refuseIfUsed(extent, log, walk.offset(), wrong);
                unused.add(number);
                return;
            }
            extent.previousNumber = Frame.longAt(log, walk.payloadOffset());
            extent.previousEnd = Frame.longAt(log, walk.payloadOffset() + 8);
            recordedEnds.put(extent.previousNumber, extent.previousEnd);
            started.put(number, new Opened(extent, log, walk, walk.frame.minSeqId));
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

    /** A START is synced before anything is written behind it; so with a valid frame there, its loss is damage. */
    private static void refuseIfUsed(Extent extent, MemorySegment log, long offset, String wrong) {
        DocumentWalk behind = new DocumentWalk(log, extent.number);
        long found = behind.search(offset, extent.sizeBytes);
        while (found >= 0 && behind.frame.kind == Frame.EXTENT) {
            found = behind.search(behind.offset(), extent.sizeBytes);
        }
        if (found >= 0) {
            throw extent.corrupt(offset, wrong + ", and a valid frame lies behind it at offset " + found);
        }
    }

    /** The chain of extents and of seqIds from one extent to the next. */
    private void link(Opened opened, @Nullable Extent last) {
        long lastNumber = last == null ? -1 : last.number;
        long previous = opened.extent.previousNumber;
        boolean gap = false;
        while (previous != lastNumber && previous >= 0) {
            Purged mark = purged.get((int) previous);
            if (mark == null) {
                if (last == null && !unused.contains((int) previous)) {
                    break; // the oldest ones are purged without a mark
                }
                throw new WalException(WalException.Reason.CORRUPT, files.pathOf((int) previous)
                        + ": the extent is missing; " + opened.extent.file + " continues it (offset 0)");
            }
            gap = true;
            previous = mark.previousNumber();
        }
        if (previous != lastNumber && last != null) {
            throw opened.extent.corrupt(0, "it does not continue " + last.file);
        }
        boolean chained = last != null && !gap;
        if (opened.nextSeqId < expectedSeqId || (chained && opened.nextSeqId != expectedSeqId)) {
            throw opened.extent.corrupt(opened.walk.documentOffset(),
                    "it starts at seqId " + opened.nextSeqId
                            + " instead of " + expectedSeqId);
        }
        if (!chained) {
            gather.abandon();
            orphansAllowed = true;
        }
        expectedSeqId = opened.nextSeqId;
    }

    private void walk(Opened opened) throws IOException {
        Extent extent = opened.extent;
        DocumentWalk walk = opened.walk;
        Long recorded = recordedEnds.get((long) extent.number);
        long size = extent.sizeBytes;
        if (recorded != null && recorded > size) {
            throw extent.corrupt(size, "the file ends here instead of at " + recorded);
        }
        long limit = recorded != null ? recorded : size;
        long tornBefore = tornBytes;
        DocumentWalk.Found found = walk.step(limit);
        while (found == DocumentWalk.Found.FRAME) {
            take(extent, walk);
            found = walk.step(limit);
        }
        if (found == DocumentWalk.Found.NEWER) {
            throw newer(extent, walk);
        }
        extent.endOffset = walk.offset();
        if (recorded == null) {
            judgeTail(opened, found);
        } else if (walk.offset() != recorded) {
            throw extent.corrupt(walk.offset(), found == DocumentWalk.Found.BAD
                    ? walk.reason()
                    : "zeros instead of a document");
        }
        extent.sealed = true;
        reports.add(new ExtentReport(extent.number, extent.entries, extent.firstSeqId, extent.lastSeqId,
                extent.endOffset, tornBytes - tornBefore));
    }

    /** One valid frame: does it continue the chain? */
    private void take(Extent extent, DocumentWalk walk) {
        Frame frame = walk.frame;
        long at = walk.documentOffset();
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
            Opened begin = started.get(Position.extentNumber(gather.position()));
            if (begin != null) {
                begin.extent.noteEntry(frame, Position.offset(gather.position()));
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

    private void judgeTail(Opened opened, DocumentWalk.Found found) throws IOException {
        Extent extent = opened.extent;
        long bad = opened.walk.offset();
        String reason = found == DocumentWalk.Found.BAD
                ? opened.walk.reason()
                : "zeros instead of a document";
        tornBytes += Tail.tornBytes(extent, opened.log.asSlice(0, extent.sizeBytes), bad, reason,
                expectedSeqId);
        if (gather.active()) {
            // Pieces without their COMMIT; those in earlier extents stay there and are passed over.
            tornBytes += gather.documentBytes();
            if (Position.extentNumber(gather.position()) == extent.number) {
                extent.endOffset = Position.offset(gather.position());
            }
        }
        gather.abandon();
        // What a crashed process left in the page cache may not be on the disk yet; from here on it counts as durable.
        try (FileChannel channel = FileChannel.open(extent.file, StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    private static WalException newer(Extent extent, DocumentWalk walk) {
        return new WalException(WalException.Reason.NEWER_VERSION,
                extent.file + " at offset " + walk.offset() + ": " + walk.reason());
    }
}
