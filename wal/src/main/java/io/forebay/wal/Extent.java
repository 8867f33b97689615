package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log as readers and purge see it: how far it may be read, what is in it, and its mapping while anybody
 * reads it.
 *
 * <p>Threads: one thread at a time notes frames (the append lock, or recovery); everything may be read by all. A reader
 * looks at {@link #sealed} first and at {@link #endOffset} second: what was sealed does not grow any more.
 */
final class Extent {
    private static final long MARK_BYTES = 1 << 20;

    final int number;
    final Path directory;
    final Path file;
    /** The extent that was in use before this one, and where its good frames end; -1 when there was none. */
    volatile long previousNumber = -1;
    volatile long previousEnd;
    /** What was zero-filled at first; Chronicle makes the file longer, without blocks and never used. */
    volatile long sizeBytes;
    volatile long endOffset;
    volatile boolean sealed;
    volatile long entries;
    volatile long firstSeqId;
    volatile long lastSeqId;
    private final Map<Integer, Long> lastSeqIds = new ConcurrentHashMap<>();

    // Where entries begin, one in each MB or so, for seekSeqId. Guarded by this.
    private long[] markSeqIds = new long[16];
    private long[] markOffsets = new long[16];
    private int marks;

    // The mapping, kept until the extent is deleted or the log closed: mapping again at each read would cost a page
    // fault per 4 KB again. Guarded by this.
    private @Nullable Arena arena;
    private MemorySegment log = MemorySegment.NULL;
    private int leases;
    private boolean retired;

    Extent(int number, Path directory) {
        this.number = number;
        this.directory = directory;
        this.file = directory.resolve(ChronicleExtent.FILE);
    }

    /** An entry is whole: it begins at this document of this extent or, in several frames, of an earlier one. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread notes
    void noteEntry(Frame frame, long documentOffset) {
        lastSeqIds.put(frame.collection, frame.maxSeqId);
        if (firstSeqId == 0) {
            firstSeqId = frame.minSeqId;
        }
        lastSeqId = frame.maxSeqId;
        entries++;
        mark(frame.minSeqId, documentOffset);
    }

    /** A piece of an entry: it keeps this extent from being purged before the entry is covered. */
    void notePart(Frame frame) {
        lastSeqIds.merge(frame.collection, frame.maxSeqId, Math::max);
    }

    private synchronized void mark(long seqId, long offset) {
        if (marks > 0 && offset - markOffsets[marks - 1] < MARK_BYTES) {
            return;
        }
        if (marks == markSeqIds.length) {
            markSeqIds = Arrays.copyOf(markSeqIds, marks * 2);
            markOffsets = Arrays.copyOf(markOffsets, marks * 2);
        }
        markSeqIds[marks] = seqId;
        markOffsets[marks++] = offset;
    }

    /** A document at or before the first entry that reaches this seqId; 0 means the file's beginning. */
    synchronized long offsetBefore(long seqId) {
        int low = 0;
        int high = marks;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (markSeqIds[middle] <= seqId) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? 0 : markOffsets[low - 1];
    }

    /** Whether nothing in it is needed any more. */
    boolean coveredBy(IntToLongFunction checkpointSeqIdOf) {
        for (Map.Entry<Integer, Long> last : lastSeqIds.entrySet()) {
            if (last.getValue() > checkpointSeqIdOf.applyAsLong(last.getKey())) {
                return false;
            }
        }
        return true;
    }

    /** The highest seqId here of each collection that has one. */
    void forEachLastSeqId(BiConsumer<Integer, Long> action) {
        lastSeqIds.forEach(action);
    }

    /** The file's mapping, made at the first lease and shared by all; each lease is given back by {@link #release}. */
    synchronized MemorySegment lease() throws IOException {
        if (retired) {
            throw new NoSuchFileException(file.toString());
        }
        if (arena == null) {
            Arena fresh = Arena.ofShared();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                log = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), fresh);
                arena = fresh;
            } catch (IOException | RuntimeException e) {
                fresh.close();
                throw e;
            }
        }
        leases++;
        return log;
    }

    synchronized void release() {
        leases--;
        unmapIfDone();
    }

    /** Nobody enters any more; the mapping, and with it the space of a deleted file, goes with the last lease. */
    synchronized void retire() {
        retired = true;
        unmapIfDone();
    }

    private void unmapIfDone() {
        if (retired && leases == 0 && arena != null) {
            arena.close();
            arena = null;
            log = MemorySegment.NULL;
        }
    }

    WalException corrupt(long offset, String what) {
        return new WalException(WalException.Reason.CORRUPT,
                file + " is damaged at offset " + offset + ": " + what);
    }
}
