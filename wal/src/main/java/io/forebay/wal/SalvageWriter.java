package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a scan finds whole as a new log: an extent of the same number for each that has anything to keep, the
 * frames of entries byte by byte as they were, links and bridges over gaps (RESERVE) new.
 *
 * <p>Threads: one. Failure: an exception; what was written so far is worth nothing.
 */
final class SalvageWriter implements LogScan.Sink, AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Path directory;
    private final Set<Long> worthless;
    private final long millis;
    private final Salvage.Steps steps;
    private @Nullable RawExtentWriter writer;
    private long previousNumber = -1;
    private long previousEnd;
    /** 0 before the first entry. */
    private long nextSeqId;
    private long entries;

    /** @param worthless positions of frames to leave out, from an earlier scan of the same log */
    SalvageWriter(Path directory, Set<Long> worthless, long millis, Salvage.Steps steps) {
        this.directory = directory;
        this.worthless = worthless;
        this.millis = millis;
        this.steps = steps;
    }

    /** Whether a scan's frame is one to keep. */
    static boolean keeps(ScannedExtent extent, DocumentWalk walk, Set<Long> worthless) {
        byte kind = walk.frame.kind;
        return (kind == Frame.ENTRY || kind == Frame.PART || kind == Frame.COMMIT)
                && !worthless.contains(Position.of(extent.number, walk.documentOffset()));
    }

    @Override
    public void frame(ScannedExtent extent, DocumentWalk walk) throws IOException {
        if (!keeps(extent, walk, worthless)) {
            return;
        }
        Frame frame = walk.frame;
        RawExtentWriter out = writerFor(extent.number, frame.minSeqId);
        if (frame.minSeqId > nextSeqId) {
            reserve(out, frame.minSeqId);
        }
        // Without the padding, which no checksum covers and a cut file may not have.
        out.copy(extent.log.asSlice(walk.documentOffset() + Frame.WORD_BYTES,
                Frame.HEADER_BYTES + frame.payloadLength));
        if (frame.kind != Frame.PART) {
            nextSeqId = frame.maxSeqId + 1;
            entries++;
        }
    }

    private RawExtentWriter writerFor(int number, long minSeqId) throws IOException {
        RawExtentWriter out = writer;
        if (out != null && out.number() == number) {
            return out;
        }
        closeExtent();
        nextSeqId = nextSeqId == 0 ? minSeqId : nextSeqId;
        out = new RawExtentWriter(ExtentFiles.pathOf(directory, number), number, millis);
        writer = out;
        out.start(previousNumber, previousEnd, nextSeqId);
        return out;
    }

    private void reserve(RawExtentWriter out, long next) throws IOException {
        out.own(Frame.RESERVE, next, nextSeqId - 1, NOTHING);
        nextSeqId = next;
    }

    private void closeExtent() throws IOException {
        RawExtentWriter out = writer;
        if (out != null) {
            previousNumber = out.number();
            previousEnd = out.offset();
            out.finish();
            out.close();
            writer = null;
            steps.at(Salvage.Step.EXTENT_WRITTEN);
        }
    }

    /**
     * Ends the log: no seqId below this one is given out again, and what is in it is known to be synced.
     *
     * @param lastNumber the extent that is made when there is nothing to keep
     */
    void finish(int lastNumber, long next) throws IOException {
        RawExtentWriter out = writer == null ? writerFor(lastNumber, Math.max(1, next)) : writer;
        if (next > nextSeqId) {
            reserve(out, next);
        }
        out.own(Frame.BARRIER, nextSeqId, nextSeqId - 1, NOTHING);
        closeExtent();
        RealDisk.sync(directory);
    }

    long entries() {
        return entries;
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
