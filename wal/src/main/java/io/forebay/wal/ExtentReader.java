package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries from a read-only mapping of the extents, never through Chronicle. The payload of an entry in one frame is
 * a slice of the mapping; that of several frames is put together in a buffer.
 *
 * <p>Threads: one at a time. It holds a lease on the extent in which it stands.
 */
final class ExtentReader implements WalReader {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** A larger buffer is not kept for the next entry. */
    private static final int GATHERED_KEPT_BYTES_MAX = 32 << 20;

    private final ExtentWal wal;
    private final Gather gather = new Gather();
    private ByteBuffer gathered = EMPTY;
    private @Nullable Extent extent;
    private @Nullable DocumentWalk walk;
    private MemorySegment log = MemorySegment.NULL;
    /** Where to enter when in no extent. */
    private int wantedNumber;
    private long wantedOffset;
    /** Entries that end below it are passed over. */
    private long seqIdMin;
    private boolean closed;

    ExtentReader(ExtentWal wal) {
        this.wal = wal;
    }

    @Override
    public void seek(long position) {
        checkOpen();
        leave();
        want(position);
        seqIdMin = 0;
    }

    @Override
    public void seekSeqId(long seqId) {
        checkOpen();
        leave();
        Extent begin = wal.extentBefore(seqId);
        wantedNumber = begin == null ? 0 : begin.number;
        wantedOffset = begin == null ? 0 : begin.offsetBefore(seqId);
        seqIdMin = seqId;
    }

    @Override
    public @Nullable WalEntry next() {
        checkOpen();
        if (!gather.active() && gathered.capacity() > GATHERED_KEPT_BYTES_MAX) {
            gathered = EMPTY;
        }
        while (true) {
            Extent here = extent;
            DocumentWalk steps = walk;
            if (here == null || steps == null) {
                if (!enter()) {
                    return null;
                }
                continue;
            }
            // This order: a sealed extent does not grow, so the end read after it is the last.
            boolean sealed = here.sealed;
            long end = here.endOffset;
            if (steps.offset() < end) {
                WalEntry entry = step(here, steps, end);
                if (entry != null && entry.maxSeqId() >= seqIdMin) {
                    return entry;
                }
            } else if (!sealed || !moveOn(here)) {
                rewindGather();
                return null;
            }
        }
    }

    private @Nullable WalEntry step(Extent here, DocumentWalk steps, long end) {
        return switch (steps.step(end)) {
            case FRAME -> take(here, steps);
            case END -> {
                if (steps.offset() < end) {
                    throw here.corrupt(steps.offset(), "zeros instead of a document");
                }
                yield null;
            }
            case BAD -> throw here.corrupt(steps.offset(), steps.reason());
            case NEWER -> throw new WalException(WalException.Reason.NEWER_VERSION,
                    here.file + " at offset " + steps.offset() + ": " + steps.reason());
        };
    }

    private @Nullable WalEntry take(Extent here, DocumentWalk steps) {
        Frame frame = steps.frame;
        switch (frame.kind) {
            case Frame.ENTRY -> {
                gather.abandon();
                return entry(frame, Position.of(here.number, steps.documentOffset()), payload(steps));
            }
            case Frame.PART -> {
                if (gather.part(frame, Position.of(here.number, steps.documentOffset()))) {
                    gather(frame, payload(steps));
                }
            }
            case Frame.COMMIT -> {
                if (gather.commit(frame)) {
                    return entry(frame, gather.position(), gathered.flip().asReadOnlyBuffer());
                }
            }
            case Frame.EXTENT, Frame.START -> {
                // Pieces of one batch may lie on both sides.
            }
            default -> gather.abandon();
        }
        return null;
    }

    private ByteBuffer payload(DocumentWalk steps) {
        return log.asSlice(steps.payloadOffset(), steps.frame.payloadLength).asByteBuffer();
    }

    private void gather(Frame frame, ByteBuffer piece) {
        if (frame.part == 0) {
            int length = Math.toIntExact(frame.totalLength);
            gathered = gathered.capacity() >= length ? gathered.clear() : ByteBuffer.allocate(length);
        }
        gathered.put(piece);
    }

    private static WalEntry entry(Frame frame, long position, ByteBuffer payload) {
        int records = Math.toIntExact(frame.maxSeqId - frame.minSeqId + 1);
        EntryHeader header = new EntryHeader(frame.collection, frame.incarnation, frame.type, records,
                frame.batchIdHash);
        return new WalEntry(header, frame.minSeqId, frame.maxSeqId, position, frame.appendTimeMillis,
                payload.order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The end came before the COMMIT: the next call begins with the first piece again. */
    private void rewindGather() {
        if (gather.active()) {
            long position = gather.position();
            leave();
            want(position);
        }
    }

    private void want(long position) {
        wantedNumber = Position.extentNumber(position);
        wantedOffset = Position.offset(position);
    }

    /** To the next extent; false when there is none yet. */
    private boolean moveOn(Extent here) {
        if (wal.extentAtOrAfter(here.number + 1) == null) {
            return false;
        }
        release();
        wantedNumber = here.number + 1;
        wantedOffset = 0;
        return true;
    }

    private boolean enter() {
        while (true) {
            Extent there = wal.extentAtOrAfter(wantedNumber);
            if (there == null) {
                return false;
            }
            try {
                log = there.lease();
            } catch (NoSuchFileException e) {
                if (wal.extentAtOrAfter(there.number) != there) {
                    continue; // purged between the look and the lease
                }
                throw unreadable(there, e);
            } catch (IOException e) {
                throw unreadable(there, e);
            }
            extent = there;
            DocumentWalk steps = new DocumentWalk(log, there.number);
            steps.moveTo(there.number == wantedNumber ? wantedOffset : 0);
            walk = steps;
            return true;
        }
    }

    private void leave() {
        gather.abandon();
        release();
    }

    private void release() {
        if (extent != null) {
            extent.release();
            extent = null;
            walk = null;
        }
    }

    private void checkOpen() {
        if (closed || wal.isClosed()) {
            throw new WalException(WalException.Reason.CLOSED, "the log or its reader is closed");
        }
    }

    private static WalException unreadable(Extent extent, IOException cause) {
        return new WalException(WalException.Reason.IO, "cannot read " + extent.file, cause);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            leave();
        }
    }
}
