package io.forebay.bench.wal;

import com.sun.management.ThreadMXBean;
import io.forebay.bench.load.Workspace;
import io.forebay.wal.Appended;
import io.forebay.wal.Wal;
import io.forebay.wal.WalStats;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.locks.LockSupport;

/** Our side: one open log in a directory of its own, deleted with it. */
final class LogLoad implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000_000;
    private static final long QUIET_NANOS = 200_000_000;
    private static final long READY_NANOS_MAX = 120_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path directory;
    private final Wal wal;

    /** One writer without sync; the bytes are heap that this thread allocated. */
    record Appends(long nanos, long allocatedBytes) {}

    /** Many writers with sync. */
    record Synced(RunTimes times, long syncs) {}

    private LogLoad(Path directory, Wal wal) {
        this.directory = directory;
        this.wal = wal;
    }

    static LogLoad open(LogKind kind, Path directory, long extentBytes) {
        return new LogLoad(directory, Wal.open(directory, kind.config(extentBytes)));
    }

    /**
     * Writes so much that the log asks for its next extent, and waits until that is made, all is synced and nothing in the
     * log's directory changes any more.
     */
    LogLoad getReady(Batches batches, long aheadBytes) throws IOException {
        for (int i = 0; i < batches.shape().countIn(aheadBytes) + 1; i++) {
            wal.append(batches.header(), batches.payload(i));
        }
        wal.durable(wal.lastSeqId()).join();
        long giveUp = System.nanoTime() + READY_NANOS_MAX;
        long quietSince = System.nanoTime();
        String before = "";
        while (System.nanoTime() - quietSince < QUIET_NANOS || extentsMade() <= wal.stats().extents()) {
            LockSupport.parkNanos(LOOK_NANOS);
            String now = look(directory.toFile());
            if (!now.equals(before)) {
                before = now;
                quietSince = System.nanoTime();
            }
            if (System.nanoTime() > giveUp) {
                throw new IOException("the log in " + directory + " has not made its next extent in "
                        + READY_NANOS_MAX / 1_000_000_000L + " s");
            }
        }
        return this;
    }

    /** Directories or files of extents under their final names, with the one that is ready and not yet in use. */
    private long extentsMade() {
        return Arrays.stream(children(directory.toFile())).map(File::getName)
                .filter(name -> name.matches("\\d{16}.*") && !name.endsWith(".tmp")).count();
    }

    private static String look(File tree) {
        StringBuilder text = new StringBuilder();
        for (File child : children(tree)) {
            text.append(child.getName()).append(' ').append(child.length()).append(' ')
                    .append(child.lastModified()).append('\n').append(look(child));
        }
        return text.toString();
    }

    private static File[] children(File tree) {
        File[] children = tree.listFiles();
        if (children == null) {
            return new File[0];
        }
        Arrays.sort(children, Comparator.comparing(File::getName));
        return children;
    }

    Appends append(Batches batches, int count) {
        Appended appended = new Appended();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        for (int number = 0; number < count; number++) {
            wal.append(batches.header(), batches.payload(number), appended);
        }
        long nanos = System.nanoTime() - begin;
        return new Appends(nanos, THREADS.getCurrentThreadAllocatedBytes() - allocated);
    }

    /** Each writer waits for the ack of its batch before it sends the next. */
    Synced appendSynced(Batches batches, int writers, int count) throws Exception {
        WalStats before = wal.stats();
        RunTimes times = RunTimes.of(writers, count, number -> {
            Appended appended = wal.append(batches.header(), batches.payload(number));
            wal.durable(appended.maxSeqId()).join();
        });
        return new Synced(times, wal.stats().syncs() - before.syncs());
    }

    /** What was measured as a burst must be one. */
    LogLoad checkNotRolled() {
        if (wal.stats().rolls() > 0) {
            throw new IllegalStateException("the log went on to its next extent within a burst");
        }
        return this;
    }

    Wal wal() {
        return wal;
    }

    @Override
    public void close() throws IOException {
        wal.close();
        Workspace.delete(directory);
    }
}
