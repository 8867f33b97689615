package io.forebay.wal;

import io.forebay.wal.DocumentWalk.Found;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows the end of a log that another process writes, by looking again and again. It holds nothing that the writer could
 * wait for; an extent that is purged under it stays readable until it has moved on.
 *
 * <p>Threads: one at a time. Failure: behind a place that does not check it goes on with the next extent, and says so
 * through {@link #trouble}.
 */
public final class WalFollower implements AutoCloseable {
    private final Path directory;
    private int number;
    private long offset;
    private @Nullable Arena arena;
    private MemorySegment log = MemorySegment.NULL;
    private @Nullable DocumentWalk walk;
    private @Nullable String trouble;

    WalFollower(Path directory, int number, long offset) {
        this.directory = directory;
        this.number = number;
        this.offset = offset;
    }

    /** Shows what has become complete since the last call; returns how many frames that were. */
    public int poll(WalFrameVisitor visitor) {
        trouble = null;
        try {
            int frames = 0;
            while (true) {
                frames += drain(visitor);
                Begin next = nextExtent();
                VarHandle.fullFence(); // what lies before the next extent's START was complete when that was written
                frames += drain(visitor);
                if (next == null) {
                    return frames;
                }
                if (next.previousNumber() == number && offset < next.previousEnd()) {
                    trouble = "extent " + number + " does not check from offset " + offset + " to "
                            + next.previousEnd();
                }
                unmap();
                number = next.number();
                offset = 0;
            }
        } catch (IOException | InternalError e) {
            throw new WalException(WalException.Reason.IO, "cannot read the log in " + directory + ": " + e,
                    e);
        }
    }

    /** What the last poll had to pass over; null when nothing. */
    public @Nullable String trouble() {
        return trouble;
    }

    private int drain(WalFrameVisitor visitor) throws IOException {
        DocumentWalk steps = mapped();
        int frames = 0;
        while (steps != null && steps.step(log.byteSize()) == Found.FRAME) {
            ByteBuffer payload = log.asSlice(steps.payloadOffset(), steps.frame.payloadLength).asByteBuffer();
            visitor.frame(WalFrame.of(number, steps), payload.order(ByteOrder.LITTLE_ENDIAN));
            offset = steps.offset();
            frames++;
        }
        if (steps != null) {
            steps.moveTo(offset);
        }
        return frames;
    }

    private @Nullable DocumentWalk mapped() throws IOException {
        if (walk == null) {
            Arena fresh = Arena.ofShared();
            Path file = LogFiles.fileIn(ExtentFiles.pathOf(directory, number));
            try {
                log = RealDisk.mapped(file, fresh);
            } catch (NoSuchFileException e) {
                fresh.close();
                return null; // purged before it was read
            }
            arena = fresh;
            DocumentWalk steps = new DocumentWalk(log, number);
            steps.moveTo(offset);
            walk = steps;
        }
        return walk;
    }

    /** An extent and which one it continues. */
    private record Begin(int number, long previousNumber, long previousEnd) {}

    /** The next extent that is in use. */
    private @Nullable Begin nextExtent() throws IOException {
        for (Map.Entry<Integer, Path> next : LogFiles.list(directory).extents().tailMap(number, false)
                .entrySet()) {
            try (Arena brief = Arena.ofConfined()) {
                MemorySegment begin = RealDisk.mapped(LogFiles.fileIn(next.getValue()), brief);
                DocumentWalk steps = new DocumentWalk(begin, next.getKey());
                Found first = steps.step(begin.byteSize());
                Found second = first == Found.FRAME ? steps.step(begin.byteSize()) : first;
                if (second == Found.FRAME && steps.frame.kind == Frame.START) {
                    return new Begin(next.getKey(), Frame.longAt(begin, steps.payloadOffset()),
                            Frame.longAt(begin, steps.payloadOffset() + 8));
                }
            } catch (NoSuchFileException e) {
                continue; // purged, or not in use yet
            }
        }
        return null;
    }

    private void unmap() {
        if (arena != null) {
            arena.close();
            arena = null;
            walk = null;
            log = MemorySegment.NULL;
        }
    }

    @Override
    public void close() {
        unmap();
    }
}
