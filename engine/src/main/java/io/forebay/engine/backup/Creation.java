package io.forebay.engine.backup;

import io.forebay.engine.manifest.StoreId;
import io.forebay.engine.manifest.StoreId.RestoredFrom;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Manifest.Entry;
import io.forebay.engine.snapshot.Snapshot.Item;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The making of one backup: takes a snapshot, brings into the pool what is not there, and writes the manifest, last.
 *
 * <p>What is settled gets a second name in the pool where that is on the store's disk and links are wanted; all else is
 * copied, and nothing that the store may write to is ever linked. Either way every file is read once, for its checksum.
 *
 * <p>Threads: {@link #run} on one, once; {@link #state} on any. Failure: {@link #run} throws; what it brought
 * into the pool is deleted, or by the next change when the process died.
 */
public final class Creation {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss")
            .withZone(ZoneOffset.UTC);

    private final Repository repository;
    private final Source source;
    private final boolean linking;
    private final Instant created = Instant.ofEpochMilli(System.currentTimeMillis());
    private final String id;
    private final long startNanos = System.nanoTime();
    private final Map<String, Entry> taken = new HashMap<>();
    private Map<String, Entry> known = Map.of();
    private volatile @Nullable String failure;
    private volatile long endNanos;
    private volatile long bytes;
    private volatile long newBytes;
    private volatile int files;
    private volatile int newFiles;
    private volatile long from;
    private volatile long to;
    private int poolNumber;

    /** @param linking whether a file may get a second name in the pool instead of being copied */
    public Creation(Repository repository, Source source, boolean linking) {
        this.repository = repository;
        this.source = source;
        this.linking = linking;
        this.id = STAMP.format(created) + "-%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));
    }

    public String id() {
        return id;
    }

    /** @throws RuntimeException why it failed */
    public Manifest run() {
        try {
            MadeDirectories directories = repository.make();
            try (RepositoryLock lock = repository.lock()) {
                return under(lock, directories);
            } catch (RuntimeException | Error e) {
                if (!(e instanceof BackupException told && told.reason() == Reason.BUSY)) {
                    directories.takeBack(e); // if it is not locked; what is locked is somebody's already
                }
                throw e;
            }
        } catch (IOException e) {
            BackupException why = Repository.failed("backup " + id + " failed", e);
            failure = String.valueOf(why.getMessage());
            throw why;
        } catch (RuntimeException e) {
            failure = String.valueOf(e.getMessage());
            throw e;
        } catch (Error e) {
            failure = e.toString();
            throw e;
        } finally {
            endNanos = System.nanoTime();
        }
    }

    private Manifest under(RepositoryLock lock, MadeDirectories directories) throws IOException {
        try {
            repository.sweep();
            known = repository.known();
            try (Source.Held held = source.hold()) {
                return made(held.snapshot(), lock);
            }
        } catch (IOException | RuntimeException | Error e) {
            discard(directories, e);
            throw e;
        }
    }

    /** Under the lock, and at once: on the store's disk it would keep the reserve short. */
    private void discard(MadeDirectories directories, Throwable why) {
        try {
            repository.discard(id);
            repository.unmake(directories, why);
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    private Manifest made(Snapshot snapshot, RepositoryLock lock) throws IOException {
        StoreId store = Ownership.of(snapshot);
        Ownership.check(repository, store);
        // A restored store that has written nothing yet: what it has is not what the other had as of the same seqId.
        RestoredFrom restored = store == null ? null : store.restoredFrom();
        long first = restored == null ? 0 : restored.seqId() + 1;
        from = Math.max(first, snapshot.fromSeqId());
        to = Math.max(first, snapshot.toSeqId());
        Copying copying = new Copying(new Copying.Progress() {
            @Override
            public void read(long more) {
                source.checkMayGoOn();
                count(more);
            }

            @Override
            public void synced(long nanos) {
                source.giveWay(nanos);
            }
        });
        List<Entry> entries = new ArrayList<>();
        for (Item item : snapshot.items()) {
            source.checkMayGoOn();
            entries.add(entry(item, copying));
            count(1, 0);
        }
        long millis = (System.nanoTime() - startNanos) / 1_000_000;
        Manifest manifest = new Manifest(id, created, millis, store == null ? null : store.id(), from,
                to, newBytes, newFiles, snapshot.forks(), entries);
        repository.add(manifest);
        return manifest;
    }

    private Entry entry(Item item, Copying copying) throws IOException {
        String identity = Identity.of(item.file());
        Entry there = known.get(Repository.key(item.path(), item.bytes(), identity));
        if (there != null) {
            count(item.bytes());
            return new Entry(item.path(), there.pool(), item.bytes(), there.crc32c(), identity,
                    item.extent());
        }
        // Of forks several names lead to one file.
        String same = Repository.key("", item.bytes(), identity);
        Entry before = identity.equals(Identity.NONE) ? null : taken.get(same);
        if (before != null) {
            count(item.bytes());
            return new Entry(item.path(), before.pool(), item.bytes(), before.crc32c(), identity,
                    item.extent());
        }
        String pool = id + "-" + poolNumber++;
        Path target = repository.pool(pool);
        int crc = item.settled() && linking && hasLinked(item.file(), target)
                ? copying.forced(target, item.bytes())
                : copying.copy(item.file(), target, item.bytes());
        count(0, item.bytes());
        Entry entry = new Entry(item.path(), pool, item.bytes(), crc, identity, item.extent());
        taken.put(same, entry);
        return entry;
    }

    private static boolean hasLinked(Path file, Path target) throws IOException {
        try {
            Files.createLink(target, file);
            return true;
        } catch (FileSystemException | UnsupportedOperationException otherDisk) {
            return false;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void count(long read) {
        bytes += read;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void count(int done, long fresh) {
        files += done;
        if (done == 0) {
            newBytes += fresh;
            newFiles++;
        }
    }

    /** Until it is done; then the manifest tells. */
    public BackupState state() {
        long end = endNanos == 0 ? System.nanoTime() : endNanos;
        return new BackupState(id, failure == null ? Phase.RUNNING : Phase.FAILED, created,
                (end - startNanos) / 1e9, bytes, newBytes, files, newFiles, from, to, to, failure, null);
    }
}
