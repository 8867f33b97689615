package io.forebay.wal;

import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends a copy of a log behind a seqId: everything above it is taken away, what stays is byte for byte what it was, and one
 * small extent behind it says which seqId comes next and that all before it is synced.
 *
 * <p>Threads: one, on files that nobody else has. Failure: an exception; what was cut so far is worth nothing.
 */
final class LogCut {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Path directory;
    private final long seqId;
    private int lastExtent = -1;
    private long lastEnd;
    /** As the frames that stay have it. */
    private long next = 1;
    private boolean cut;
    private @Nullable WalFrame split;

    LogCut(Path directory, long seqId) {
        this.directory = directory;
        this.seqId = seqId;
    }

    /**
     * Returns the seqId that the frames that stay reach.
     *
     * @param nextSeqId no lower one is given out by whoever opens the log
     * @throws WalException INSIDE_BATCH, and nothing was changed; CORRUPT
     */
    long run(long nextSeqId) throws IOException {
        WalScan scan = WalTools.scan(directory, (frame, payload) -> take(frame));
        if (!scan.fine()) {
            throw new WalException(Reason.CORRUPT,
                    "the log in " + directory + " is damaged: " + scan.damages().getFirst());
        }
        WalFrame in = split;
        if (in != null) {
            throw new WalException(Reason.INSIDE_BATCH, "seqId " + seqId + " is inside of a batch, which has "
                    + in.minSeqId() + " to " + in.maxSeqId() + " and is there as a whole or not at all: take "
                    + (in.minSeqId() - 1) + " or " + in.maxSeqId());
        }
        LogFiles.Listing listing = LogFiles.list(directory);
        int number = 1 + Math.max(highest(listing.extents()), highest(listing.purged()));
        if (cut) {
            takeAway(listing);
        }
        end(Math.max(0, number), nextSeqId);
        return next - 1;
    }

    private static int highest(TreeMap<Integer, ?> numbered) {
        return numbered.isEmpty() ? -1 : numbered.lastKey();
    }

    private void take(WalFrame frame) {
        if (cut) {
            return;
        }
        lastExtent = frame.extent();
        if (frame.ofEntry() && frame.maxSeqId() > seqId) {
            cut = true;
            split = frame.minSeqId() <= seqId ? frame : null;
            lastEnd = frame.offset();
            return;
        }
        lastEnd = frame.endOffset();
        next = switch (frame.kind()) {
            case ENTRY, COMMIT -> frame.maxSeqId() + 1;
            case START, RESERVE -> Math.max(next, frame.minSeqId());
            default -> next;
        };
    }

    /** The highest first: a crash in between must not leave a chain with a hole. */
    private void takeAway(LogFiles.Listing listing) throws IOException {
        for (int number : listing.extents().tailMap(lastExtent, false).descendingKeySet()) {
            Path extent = ExtentFiles.pathOf(directory, number);
            for (Path file : LogFiles.children(extent)) {
                Files.delete(file);
            }
            Files.delete(extent);
        }
        for (int number : listing.purged().tailMap(lastExtent, false).keySet()) {
            Files.delete(directory.resolve(String.format("%016d.purged", number)));
        }
        Path file = LogFiles.fileIn(ExtentFiles.pathOf(directory, lastExtent));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(lastEnd);
            channel.force(true);
        }
    }

    private void end(int number, long nextSeqId) throws IOException {
        Path extent = ExtentFiles.pathOf(directory, number);
        long following = Math.max(next, nextSeqId);
        try (RawExtentWriter out = new RawExtentWriter(extent, number, System.currentTimeMillis())) {
            out.start(lastExtent, lastEnd, next);
            if (following > next) {
                out.own(Frame.RESERVE, following, next - 1, NOTHING);
            }
            out.own(Frame.BARRIER, following, following - 1, NOTHING);
            out.finish();
        }
        RealDisk.sync(directory);
    }
}
