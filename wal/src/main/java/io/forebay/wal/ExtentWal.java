package io.forebay.wal;

import io.forebay.wal.ExtentFiles.Purged;
import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
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
 * <p>Threads: any. Locks: the appender's (writing, rolling), {@code purgeLock} (one purge at a time, and none when
 * closed), those inside {@link Extent} and {@link ExtentMaker}. The appender's is taken before the maker's. A purge waits
 * for {@code wal-sync}, which waits for no lock: it only ever tries for the appender's.
 */
final class ExtentWal implements Wal {
    private static final long SETTLE_BYTES = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(ExtentWal.class);

    private final Path directory;
    private final FailPoints failPoints;
    private final @Nullable LogLock lock;
    private final ExtentFiles files;
    private final RecoveryReport recovered;
    private final DiskReserve reserve;
    private final ExtentMaker maker;
    private final SyncThread sync;
    private final Appender appender;
    private final ConcurrentNavigableMap<Integer, Extent> extents = new ConcurrentSkipListMap<>();
    private final PurgedSeqIds purgedSeqIds;
    private final long retainBytes;
    private final Object purgeLock = new Object();
    /** Guarded by purgeLock. */
    private boolean purgeFailed;
    /** Numbers of purged extents that are still a link between two that are kept. Guarded by purgeLock. */
    private final TreeSet<Integer> purgedMarks = new TreeSet<>();
    private volatile boolean closed;

    private ExtentWal(Path directory, WalConfig config, FailPoints failPoints, Disk disk,
            @Nullable LogLock lock)
            throws IOException {
        this.directory = directory;
        this.failPoints = failPoints;
        this.retainBytes = config.retainBytes();
        this.lock = lock;
        this.files = new ExtentFiles(directory, disk);
        Recovery.Result found = Recovery.run(files);
        this.recovered = found.report();
        if (recovered.tornBytes() > 0) {
            LOG.warn("{}: {} bytes of a torn tail were given up behind seqId {}", directory,
                    recovered.tornBytes(),
                    recovered.lastSeqId());
        }
        goOnFrom(found);
        this.purgedSeqIds = new PurgedSeqIds(found.extents(), recovered.lastSeqId());
        this.reserve = new DiskReserve(directory, disk, config);
        this.maker = new ExtentMaker(files, config, reserve, failPoints, found.highestNumber() + 1);
        this.appender = new Appender(config, failPoints, reserve, maker, extents, found);
        this.sync = appender.sync();
        try {
            purge(collection -> 0); // extents of earlier processes that got no entry
        } catch (WalException e) {
            LOG.warn("{}: unused extents are not deleted yet: {}", directory, e.getMessage());
        }
    }

    /** Does what recovery found necessary: it changes nothing itself. */
    private void goOnFrom(Recovery.Result found) throws IOException {
        files.deleteTemporary(); // behind the listing: a number that was ever given is not given again
        // The highest first: a crash in between must not leave a chain with a hole.
        for (int number : found.abandoned().descendingSet()) {
            files.rename(number);
            files.deleteRenamed(number);
        }
        found.unused().forEach(files::discard);
        for (Extent extent : found.unsynced()) {
            settle(extent, extent.offsetBefore(found.report().witnessedSeqId()));
        }
        extents.putAll(found.extents());
        purgedMarks.addAll(found.purged().keySet());
    }

    /**
     * What a crashed process left in the page cache may not be on the disk yet; from here on it counts as durable. If a
     * sync failed before, the kernel may even have forgotten that it still has to write it: so what no frame says was
     * synced is written once more, the same bytes to the same places.
     */
    private void settle(Extent extent, long from) throws IOException {
        MemorySegment log = extent.lease();
        try (Disk.Open file = files.disk().open(extent.file)) {
            for (long at = from; at < extent.endOffset; at += SETTLE_BYTES) {
                long length = Math.min(SETTLE_BYTES, extent.endOffset - at);
                file.write(log.asSlice(at, length).asByteBuffer(), at);
            }
            file.force(false);
        } finally {
            extent.release();
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
            ExtentWal wal = new ExtentWal(directory, config, failPoints, new RealDisk(directory), lock);
            wal.start();
            return wal;
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            throw e instanceof WalException refused
                    ? WalTools.naming(directory, refused)
                    : new WalException(Reason.IO, "cannot open the log in " + directory + ": " + e, e);
        }
    }

    /**
     * On another disk and without a lock. Until {@link #start} is called, which a simulation never does, it has no threads:
     * extents are made when they are needed, and syncs happen when the owner calls {@link SyncThread#turn}.
     */
    static ExtentWal openOn(Disk disk, Path directory, WalConfig config, FailPoints failPoints)
            throws IOException {
        return new ExtentWal(directory, config, failPoints, disk, null);
    }

    void start() {
        sync.start();
        maker.start();
        maker.askAhead();
    }

    SyncThread syncThread() {
        return sync;
    }

    @Override
    public void append(EntryHeader header, ByteBuffer payload, Appended appended) {
        appender.append(header, payload, false, appended);
    }

    @Override
    public Appended appendUrgent(EntryHeader header, ByteBuffer payload) {
        Appended appended = new Appended();
        appender.append(header, payload, true, appended);
        return appended;
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
        long last = appender.lastSeqId();
        long logged = appender.loggedSeqId();
        long durable = sync.durableSeqId();
        return durable >= logged ? Math.max(durable, last) : durable; // nothing is lost of what was only reserved
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
                List<Extent> done = closed || purgeFailed ? List.of() : purgeable(checkpointSeqIdOf);
                if (done.isEmpty()) {
                    return 0;
                }
                sync.syncNow(); // also the START of the extent behind the last of them, see Recovery
                for (Extent extent : done) {
                    purge(extent);
                }
                forgetOldMarks();
                return done.size();
            } catch (IOException e) {
                // What is on the disk now is for the next start to see; more would leave a hole in the chain.
                purgeFailed = true;
                throw new WalException(Reason.IO, "cannot purge the log in " + directory, e);
            }
        }
    }

    /** The oldest first. */
    private List<Extent> purgeable(IntToLongFunction checkpointSeqIdOf) {
        List<Extent> done = new ArrayList<>();
        long retained = 0;
        for (Extent extent : extents.descendingMap().values()) {
            if (isFull(extent)) {
                retained += extent.entries == 0 ? 0 : extent.sizeBytes;
                boolean needed = extent.entries > 0 && retained <= retainBytes;
                if (!needed && extent.collections.coveredBy(checkpointSeqIdOf)) {
                    done.addFirst(extent);
                }
            }
        }
        return done;
    }

    /** And not the last, which knows the next seqId. */
    private boolean isFull(Extent extent) {
        return extent.sealed && extent.number < extents.lastKey();
    }

    private void purge(Extent extent) throws IOException {
        Map.Entry<Integer, Extent> oldest = extents.firstEntry();
        if (oldest != null && oldest.getKey() < extent.number) {
            // Between kept ones its place in the chain is remembered, else it would count as lost.
            files.markPurged(new Purged(extent.number, extent.previousNumber, extent.previousEnd));
            purgedMarks.add(extent.number);
        }
        failPoints.at(Point.PURGE_MARKED);
        purgedSeqIds.note(extent);
        extents.remove(extent.number); // no new reader finds it; those in it keep their mapping
        extent.retire();
        files.rename(extent.number);
        failPoints.at(Point.PURGE_RENAMED);
        files.deleteRenamed(extent.number);
    }

    @Override
    public long purgedThrough(int collection) {
        return purgedSeqIds.through(collection);
    }

    private void forgetOldMarks() throws IOException {
        int oldest = extents.firstKey();
        while (!purgedMarks.isEmpty() && purgedMarks.first() < oldest) {
            files.unmarkPurged(purgedMarks.first());
            purgedMarks.pollFirst();
        }
    }

    @Override
    public List<WalPin> pins(IntToLongFunction checkpointSeqIdOf) {
        Map<Integer, WalPin> pins = new HashMap<>();
        for (Extent extent : extents.values()) {
            if (extent.sealed) {
                for (int collection : extent.collections.above(checkpointSeqIdOf)) {
                    pins.merge(collection, new WalPin(collection, 1, extent.sizeBytes),
                            (a, b) -> new WalPin(collection, a.extents() + 1, a.bytes() + b.bytes()));
                }
            }
        }
        return pins.values().stream().sorted(Comparator.comparingLong(WalPin::bytes).reversed()).toList();
    }

    @Override
    public List<WalExtent> extents(IntToLongFunction checkpointSeqIdOf) {
        List<WalExtent> all = new ArrayList<>();
        for (Extent extent : extents.values()) {
            boolean sealed = extent.sealed; // before the rest, which does not change any more then
            int[] heldBy = sealed ? extent.collections.above(checkpointSeqIdOf) : new int[0];
            Arrays.sort(heldBy);
            all.add(new WalExtent(extent.number, extent.sizeBytes, extent.endOffset, extent.entries,
                    extent.firstSeqId, extent.lastSeqId, !sealed, heldBy));
        }
        return all;
    }

    @Override
    public List<WalPiece> pieces() {
        // First: what is noted of an entry may be ahead of where its extents end. Up to here it is not.
        long logged = appender.loggedSeqId();
        List<WalPiece> pieces = new ArrayList<>();
        for (Extent extent : extents.values()) {
            boolean grows = !extent.sealed;
            long first = extent.firstSeqId > logged ? 0 : extent.firstSeqId;
            pieces.add(new WalPiece(extent.number, extent.file, extent.endOffset, (int) extent.previousNumber,
                    first, first == 0 ? 0 : Math.min(extent.lastSeqId, logged)));
            if (grows) {
                break; // what comes behind it was begun meanwhile
            }
        }
        sync();
        return pieces;
    }

    @Override
    public List<Path> purgedMarks() {
        synchronized (purgeLock) {
            return purgedMarks.stream().map(files::purgedPathOf).toList();
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
                sync.syncs(), sync.syncNanosTotal(), sync.syncNanosMax(), appender.roller().rolls(),
                appender.roller().waitNanos(),
                recovered.tornBytes(), first, appender.lastSeqId(), durableSeqId());
    }

    @Override
    public RecoveryReport recovery() {
        return recovered;
    }

    @Override
    public @Nullable WalException diskFull() {
        return reserve.refusal();
    }

    @Override
    public DiskSpace diskSpace() {
        return reserve.space();
    }

    @Override
    public @Nullable WalException failure() {
        return appender.failure();
    }

    @Override
    public void sync() {
        sync.syncNow();
    }

    @Override
    public void close() {
        if (!appender.close()) {
            return;
        }
        synchronized (purgeLock) { // a purge under way needs wal-sync, and must be over before the lock is free
            try {
                maker.close();
                if (appender.failure() == null) {
                    // Always: whether wal-sync has written one just now cannot be told from here.
                    appender.lastBarrier();
                }
            } catch (WalException e) {
                LOG.warn("{} was not closed cleanly: {}", directory, e.getMessage());
            } finally {
                closeParts();
            }
        }
    }

    private void closeParts() {
        try {
            sync.stop();
            appender.roller().close();
        } catch (WalException e) {
            LOG.warn("{} was not closed cleanly: {}", directory, e.getMessage());
        } finally {
            closed = true;
            extents.values().forEach(Extent::retire);
            ChronicleExtent.awaitReleases();
            if (lock != null) {
                lock.close();
            }
        }
    }
}
