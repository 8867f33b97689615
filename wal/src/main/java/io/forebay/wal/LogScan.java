package io.forebay.wal;

import io.forebay.wal.DocumentWalk.Found;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole log as {@link Recovery} does, but only reads, and goes on behind what does not check. What Recovery would
 * refuse is a {@link WalDamage} here, with the same file, offset and reason; what it would give up as a torn tail is
 * counted here.
 *
 * <p>The log may be in use: an extent that vanishes before it is opened was purged and is noted as skipped, and at the
 * moving end a document is looked at again after what lies behind it, because the writer finishes them in their order.
 *
 * <p>Threads: one. Failure: a newer version or a disk that does not give its bytes is an exception.
 */
final class LogScan {

    /** Whoever wants the frames that check. */
    interface Sink {
        void frame(ScannedExtent extent, DocumentWalk walk) throws IOException;
    }

    private final Path directory;
    private final int fromExtent;
    private final Sink sink;
    private final Losses losses = new Losses();
    private final ScanChain chain = new ScanChain(losses);
    private final TreeMap<Integer, ScannedExtent> extents = new TreeMap<>();
    private final Map<Long, Long> recordedEnds = new HashMap<>();
    private final List<Integer> skipped = new ArrayList<>();
    private LogFiles.Listing listing = new LogFiles.Listing(new TreeMap<>(), new TreeMap<>(),
            new TreeMap<>());
    private @Nullable ScannedExtent last;
    private int lastUsed = -1;
    /** Whether it is refused whatever the walk finds. */
    private boolean broken;
    private boolean torn;

    LogScan(Path directory, int fromExtent, Sink sink) {
        this.directory = directory;
        this.fromExtent = fromExtent;
        this.sink = sink;
    }

    /** Positions of frames that check and belong to no whole entry; after {@link #run}. */
    Set<Long> worthless() {
        return chain.worthless();
    }

    WalScan run() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            listing = LogFiles.list(directory);
            listing.purged().values()
                    .forEach(mark -> recordedEnds.put(mark.previousNumber(), mark.previousEnd()));
            for (Map.Entry<Integer, Path> one : listing.extents().tailMap(fromExtent, true).entrySet()) {
                if (!listing.purged().containsKey(one.getKey())) {
                    open(one.getKey(), one.getValue(), arena);
                }
            }
            listing.damagedMarks()
                    .forEach((number, mark) -> losses.add(mark, number, 0, Math.max(0, length(mark)),
                            "damaged mark of a purged extent"));
            losses.close();
            extents.values().forEach(this::useIfContinued);
            broken = new ScanLinks(extents, listing, skipped).broken();
            for (ScannedExtent extent : extents.values()) {
                if (torn && extent.state == ScannedExtent.State.USED) {
                    extent.state = ScannedExtent.State.UNUSED; // given up with the torn tail before it
                }
                switch (extent.state) {
                    case USED -> walk(extent);
                    case MISSING -> losses.add(extent.file, extent.number, 0, 0, "the file is missing");
                    case UNUSED -> {
                    }
                }
            }
            chain.end();
            return report();
        } catch (InternalError e) {
            throw new IOException("a file of the log in " + directory + " cannot be read", e);
        }
    }

    /** One that another continues was in use, even if no frame says so. */
    private void useIfContinued(ScannedExtent extent) {
        if (extent.state == ScannedExtent.State.UNUSED && extent.log.byteSize() > 0
                && recordedEnds.containsKey((long) extent.number)) {
            extent.state = ScannedExtent.State.USED;
        }
    }

    private static long length(Path file) {
        return file.toFile().length();
    }

    private void open(int number, Path extentDirectory, Arena arena) throws IOException {
        Path file = LogFiles.fileIn(extentDirectory);
        MemorySegment log = MemorySegment.NULL;
        ScannedExtent.State state = ScannedExtent.State.UNUSED;
        try {
            log = RealDisk.mapped(file, arena);
        } catch (NoSuchFileException e) {
            boolean prepared = LogFiles.isPrepared(extentDirectory)
                    || Files.exists(LogFiles.fileIn(extentDirectory));
            // The directory is looked for last: it goes as a whole, under another name.
            if (!prepared && !Files.exists(extentDirectory)) {
                skipped.add(number);
                return;
            }
            state = prepared ? state : ScannedExtent.State.MISSING;
        }
        ScannedExtent extent = new ScannedExtent(number, file, log);
        extents.put(number, extent);
        extent.state = state;
        if (log.byteSize() > 0) {
            extent.readBegin();
        }
        if (extent.newer) {
            throw newer(extent);
        }
        if (extent.started) {
            recordedEnds.put(extent.previousNumber, extent.previousEnd);
        }
        lastUsed = extent.state == ScannedExtent.State.USED ? number : lastUsed;
    }

    private void walk(ScannedExtent extent) throws IOException {
        Long recorded = recordedEnds.get((long) extent.number);
        long limit = recorded == null ? extent.sizeBytes : Math.min(recorded, extent.sizeBytes);
        boolean on = true;
        while (on) {
            Found found = extent.walk.step(limit);
            on = switch (found) {
                case FRAME -> take(extent);
                case NEWER -> throw newer(extent);
                case END, BAD ->
                    !(recorded != null && extent.walk.offset() + Frame.WORD_BYTES > limit)
                            && goOn(extent, found, limit, recorded != null);
            };
        }
        if (recorded != null && recorded > extent.sizeBytes) {
            losses.add(extent.file, extent.number, extent.sizeBytes, recorded,
                    "the file ends here instead of at " + recorded);
        }
        last = extent;
    }

    private boolean take(ScannedExtent extent) throws IOException {
        Frame frame = extent.walk.frame;
        extent.noteFrame(frame);
        if (frame.kind == Frame.START && extent.frames <= 2) {
            link(extent, frame);
        } else if (frame.kind != Frame.EXTENT || extent.frames > 1) {
            chain.take(extent, frame);
        }
        sink.frame(extent, extent.walk);
        return true;
    }

    /** At something that is no frame: the end, a torn tail, or damage, behind which the walk goes on. */
    private boolean goOn(ScannedExtent extent, Found found, long limit, boolean endIsRecorded)
            throws IOException {
        DocumentWalk walk = extent.walk;
        long bad = Math.min(walk.offset(), limit); // padding may be cut off
        String reason = found == Found.BAD ? walk.reason() : "zeros instead of a document";
        if (!endIsRecorded && ScanLinks.lostStartBehind(extent, extents)
                && Tail.endOfData(extent.log.asSlice(0, extent.sizeBytes), bad) == bad) {
            return false;
        }
        if (isFirstBreak(extent) || !endIsRecorded && extent.number == lastUsed && extent.frames >= 2) {
            Tail.Verdict verdict = judge(extent, bad, limit, reason);
            VarHandle.fullFence(); // look again only after what lies behind was looked at
            if (walk.step(limit) == Found.FRAME) {
                return take(extent);
            }
            if (verdict.damage() == null) {
                tornTail(extent, verdict.tornBytes());
                return false;
            }
            reason = verdict.damage();
        }
        if (walk.endOfUnchecked() >= 0) {
            // Nothing inside it may pass for a frame of the log.
            walk.moveTo(walk.endOfUnchecked());
            damaged(extent, bad, walk.offset(), reason);
            return true;
        }
        if (walk.search(bad, limit) < 0) {
            long end = endIsRecorded ? limit : Tail.endOfData(extent.log.asSlice(0, limit), bad);
            if (end > bad) {
                damaged(extent, bad, end, reason);
            }
            return false;
        }
        if (walk.frame.version != Frame.VERSION) {
            throw newer(extent);
        }
        damaged(extent, bad, Math.max(walk.documentOffset(), bad + Frame.WORD_BYTES), reason);
        return take(extent);
    }

    /** Whether all before was whole, so that here may be a torn tail. */
    private boolean isFirstBreak(ScannedExtent extent) {
        return losses.count() == 0 && !broken && !isCut(extent);
    }

    private boolean isCut(ScannedExtent extent) {
        Long recorded = recordedEnds.get((long) extent.number);
        return recorded != null && recorded > extent.sizeBytes;
    }

    /** By the rule of {@link Recovery}; extents that were not in use when the scan began may be by now. */
    private Tail.Verdict judge(ScannedExtent extent, long bad, long limit, String reason) {
        List<Tail.Stretch> later = extents.tailMap(extent.number, false).values().stream()
                .filter(behind -> behind.state == ScannedExtent.State.USED)
                .map(behind -> new Tail.Stretch(behind.file, behind.number,
                        behind.log.asSlice(0, behind.sizeBytes), behind.startAt))
                .toList();
        return Tail.judge(
                new Tail.Stretch(extent.file, extent.number, extent.log.asSlice(0, extent.sizeBytes), bad),
                limit, later, reason, chain.expectedSeqId());
    }

    private void damaged(ScannedExtent extent, long from, long to, String reason) {
        losses.add(extent.file, extent.number, from, to, reason);
        long content = from + Frame.WORD_BYTES;
        if (content + Frame.HEADER_BYTES <= to && Frame.hasMagic(extent.log, content)) {
            Frame hit = new Frame();
            hit.decode(extent.log, content);
            if (hit.minSeqId == chain.expectedSeqId() && hit.maxSeqId >= hit.minSeqId) {
                losses.hint(hit.collection);
            }
        }
    }

    private void tornTail(ScannedExtent extent, long bytes) {
        torn = true;
        Gather gather = chain.gather();
        extent.tornBytes = bytes + (gather.active() ? gather.documentBytes() : 0);
        if (gather.active() && Position.extentNumber(gather.position()) == extent.number) {
            extent.endOffset = Position.offset(gather.position());
        }
    }

    /** The chain of extents: does this one continue the last? */
    private void link(ScannedExtent extent, Frame start) {
        long lastNumber = last == null ? -1 : last.number;
        long named = Frame.longAt(extent.log, extent.walk.payloadOffset());
        long previous = ExtentFiles.previousKept(listing.purged(), named);
        boolean purged = previous != named;
        boolean linked = previous == lastNumber && last != null;
        if (!linked) {
            // The oldest ones are purged without a mark.
            purged |= (last == null && !extents.containsKey((int) previous))
                    || skipped.contains((int) previous)
                    || listing.damagedMarks().containsKey((int) previous);
            if (!purged) {
                unlinked(extent, (int) previous);
            }
        }
        chain.start(extent, start, linked && !purged, purged);
    }

    private void unlinked(ScannedExtent extent, int previous) {
        ScannedExtent there = extents.get(previous);
        ScannedExtent before = last;
        if (there != null && there.state == ScannedExtent.State.UNUSED) {
            losses.add(there.file, previous, 0, there.log.byteSize(),
                    "no frame of it checks, and " + extent.file + " continues it");
        } else if (previous >= 0 && there == null) {
            Path missing = ExtentFiles.pathOf(directory, previous);
            losses.add(missing, previous, 0, 0, "the extent is missing; " + extent.file + " continues it");
        } else if (before != null && (there == null || there.state == ScannedExtent.State.USED)) {
            losses.add(extent.file, extent.number, 0, extent.walk.offset(),
                    "it does not continue " + before.file);
        }
    }

    private WalScan report() {
        List<WalExtentInfo> infos = extents.values().stream()
                .filter(extent -> extent.state != ScannedExtent.State.MISSING).map(ScannedExtent::info)
                .toList();
        long torn = infos.stream().mapToLong(WalExtentInfo::tornBytes).sum();
        return new WalScan(directory, infos, List.copyOf(listing.purged().keySet()), List.copyOf(skipped),
                chain.entries(), chain.expectedSeqId(), torn, losses.damages(), losses.lost());
    }

    private static WalException newer(ScannedExtent extent) {
        return new WalException(WalException.Reason.NEWER_VERSION, extent.file + " at offset "
                + extent.walk.offset() + ": " + extent.walk.reason());
    }
}
