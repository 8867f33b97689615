package io.forebay.wal;

import io.forebay.wal.ExtentFiles.Purged;
import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as a chain of extents. It ties the parts together: {@link Appender} writes, {@link SyncThread} makes durable,
 * {@link ExtentMaker} makes extents ahead, {@link Recovery} says where to go on, {@link ExtentReader} reads.
 *
 * <p>Threads: any. Locks: the appender's (writing, rolling), {@code purgeLock} (one purge at a time), those inside
 * {@link Extent} and {@link ExtentMaker}. The appender's is taken before the maker's; {@code wal-sync} only ever tries for
 * the appender's, because a roll holds it while it waits for {@code wal-sync}.
 */
final class ExtentWal implements Wal {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentWal.class);

    private final Path directory;
    private final FailPoints failPoints;
    private final LogLock lock;
    private final ExtentFiles files;
    private final RecoveryReport recovered;
    private final ExtentMaker maker;
    private final SyncThread sync;
    private final Appender appender;
    private final ConcurrentNavigableMap<Integer, Extent> extents = new ConcurrentSkipListMap<>();
    private final Object purgeLock = new Object();
    /** Numbers of purged extents that are still a link between two that are kept. Guarded by purgeLock. */
    private final TreeSet<Integer> purgedMarks = new TreeSet<>();
    private volatile boolean closed;

    private ExtentWal(Path directory, WalConfig config, FailPoints failPoints, LogLock lock)
            throws IOException {
        this.directory = directory;
        this.failPoints = failPoints;
        this.lock = lock;
        this.files = new ExtentFiles(directory);
        Recovery.Result found = Recovery.run(files);
        this.recovered = found.report();
        if (recovered.tornBytes() > 0) {
            LOG.warn("{}: {} bytes of a torn tail were given up behind seqId {}", directory,
                    recovered.tornBytes(),
                    recovered.lastSeqId());
        }
        found.unused().forEach(files::discard);
        extents.putAll(found.extents());
        purgedMarks.addAll(found.purged().keySet());
        DiskReserve reserve = new DiskReserve(directory, config);
        this.maker = new ExtentMaker(files, config, reserve, failPoints, found.highestNumber() + 1);
        this.appender = new Appender(config, failPoints, reserve, maker, extents, recovered.lastSeqId());
        this.sync = new SyncThread(appender, failPoints, config.idleMillis(), recovered.lastSeqId());
        appender.begin(sync, found.lastNumber(), found.lastEnd());
        sync.start();
        maker.start();
        try {
            purge(collection -> 0); // extents of earlier processes that got no entry
        } catch (WalException e) {
            LOG.warn("{}: unused extents are not deleted yet: {}", directory, e.getMessage());
        }
    }

    static ExtentWal open(Path directory, WalConfig config, FailPoints failPoints) {
        ChronicleExtent.checkJdk(Runtime.version().feature());
        LogLock lock = null;
        try {
            SalvagePlaces.refuseIfMoved(directory);
            Files.createDirectories(directory);
            lock = LogLock.take(directory);
            SalvagePlaces.refuseIfMoved(directory); // a salvage may have begun in between
            WalTools.warnIfSalvaged(directory);
            return new ExtentWal(directory, config, failPoints, lock);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            throw e instanceof WalException refused
                    ? WalTools.naming(directory, refused)
                    : new WalException(Reason.IO, "cannot open the log in " + directory + ": " + e, e);
        }
    }

    @Override
    public Appended append(EntryHeader header, ByteBuffer payload) {
        return appender.append(header, payload, false);
    }

    @Override
    public Appended appendUrgent(EntryHeader header, ByteBuffer payload) {
        return appender.append(header, payload, true);
    }

    @Override
    public CompletableFuture<Void> durable(long seqId) {
        if (seqId > appender.lastSeqId()) {
            throw new IllegalArgumentException("seqId " + seqId + " was not given out, the last one is "
                    + appender.lastSeqId());
        }
        return sync.durable(seqId);
    }

    @Override
    public long lastSeqId() {
        return appender.lastSeqId();
    }

    @Override
    public long durableSeqId() {
        return sync.durableSeqId();
    }

    @Override
    public void reserveThrough(long seqId) {
        if (appender.reserve(seqId)) {
            sync.syncNow();
        }
    }

    @Override
    public WalReader reader() {
        return new ExtentReader(this);
    }

    @Override
    public int purge(IntToLongFunction checkpointSeqIdOf) {
        synchronized (purgeLock) {
            try {
                int purged = 0;
                for (Extent extent : extents.values()) {
                    if (!closed && extent.sealed && extent.coveredBy(checkpointSeqIdOf)) {
                        purge(extent);
                        purged++;
                    }
                }
                forgetOldMarks();
                return purged;
            } catch (IOException e) {
                throw new WalException(Reason.IO, "cannot purge the log in " + directory, e);
            }
        }
    }

    private void purge(Extent extent) throws IOException {
        Map.Entry<Integer, Extent> oldest = extents.firstEntry();
        if (oldest != null && oldest.getKey() < extent.number) {
            // Between kept ones its place in the chain is remembered, else it would count as lost.
            files.markPurged(new Purged(extent.number, extent.previousNumber, extent.previousEnd));
            purgedMarks.add(extent.number);
        }
        failPoints.at(Point.PURGE_MARKED);
        extents.remove(extent.number); // no new reader finds it; those in it keep their mapping
        extent.retire();
        files.rename(extent.number);
        failPoints.at(Point.PURGE_RENAMED);
        files.deleteRenamed(extent.number);
    }

    private void forgetOldMarks() throws IOException {
        int oldest = extents.firstKey();
        while (!purgedMarks.isEmpty() && purgedMarks.first() < oldest) {
            files.unmarkPurged(purgedMarks.first());
            purgedMarks.pollFirst();
        }
    }

    /** The extent in which a search for this seqId begins; null when the oldest will do. */
    @Nullable
    Extent extentBefore(long seqId) {
        Extent best = null;
        for (Extent extent : extents.values()) {
            if (extent.firstSeqId != 0 && extent.firstSeqId <= seqId) {
                best = extent;
            }
        }
        return best;
    }

    @Nullable
    Extent extentAtOrAfter(int number) {
        Map.Entry<Integer, Extent> entry = extents.ceilingEntry(number);
        return entry == null ? null : entry.getValue();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public WalStats stats() {
        long first = appender.lastSeqId() + 1;
        long bytes = 0;
        int count = 0;
        for (Extent extent : extents.values()) {
            first = extent.firstSeqId == 0 ? first : Math.min(first, extent.firstSeqId);
            bytes += extent.sizeBytes;
            count++;
        }
        return new WalStats(bytes, count, appender.entriesAppended(),
                appender.bytesAppended(),
                sync.syncs(), sync.syncNanosTotal(), sync.syncNanosMax(), appender.rolls(),
                appender.rollWaitNanos(),
                recovered.tornBytes(), first, appender.lastSeqId(), sync.durableSeqId());
    }

    @Override
    public RecoveryReport recovery() {
        return recovered;
    }

    @Override
    public @Nullable WalException failure() {
        return appender.failure();
    }

    @Override
    public void close() {
        if (!appender.close()) {
            return;
        }
        try (lock) {
            maker.close();
            if (appender.failure() == null && sync.unbarred()) {
                appender.lastBarrier();
            }
            sync.stop();
            appender.closeWriter();
        } catch (WalException e) {
            LOG.warn("{} was not closed cleanly: {}", directory, e.getMessage());
        } finally {
            closed = true;
            extents.values().forEach(Extent::retire);
            ChronicleExtent.awaitReleases();
        }
    }
}
