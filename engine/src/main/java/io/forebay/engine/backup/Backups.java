package io.forebay.engine.backup;

import io.forebay.engine.snapshot.BackupPart;
import io.forebay.engine.Forebay;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.BackupState.Verification;
import io.forebay.engine.backup.Repository.Found;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups of an open store: made and verified one at a time, on a thread of their own.
 *
 * <p>Threads: any; {@link #list}, {@link #state} and {@link #delete} read the disk. Failure: {@link BackupException}; a
 * backup that fails is kept in mind with the reason, until the store is closed.
 */
public final class Backups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final int FAILED_KEPT_MAX = 16;
    private static final long CLOSE_SECONDS_MAX = 60;

    private final Repository repository;
    private final OpenStore store;
    private final boolean linking;
    private final ExecutorService thread = BackupThreads.one();
    private final Map<String, Verification> verified = new ConcurrentHashMap<>();
    /** Guarded by this, as is what is at work. */
    private final Deque<BackupState> failed = new ArrayDeque<>();
    private @Nullable Creation creating;
    private @Nullable String working;
    private boolean closed;
    private volatile @Nullable BackupState last;
    private volatile long succeededMillis;
    private final AtomicLong failures = new AtomicLong();

    /**
     * @param directory the repository
     * @param parts     what belongs to the store besides the engine
     * @param linking   whether files may be shared with the store where they lie on one disk
     */
    public Backups(Forebay engine, Path directory, List<BackupPart> parts, boolean linking) {
        this.repository = new Repository(directory);
        this.store = new OpenStore(engine, parts);
        this.linking = linking;
        store.removeStaging();
        this.succeededMillis = newest(repository);
    }

    private static long newest(Repository repository) {
        try {
            return repository.manifests().stream().mapToLong(Backups::endMillis).max().orElse(0);
        } catch (BackupException unreadable) {
            LOG.warn("when the last backup was made is not known: {}", unreadable.getMessage());
            return 0;
        }
    }

    private static long endMillis(Manifest made) {
        return made.created().toEpochMilli() + made.millis();
    }

    public Repository repository() {
        return repository;
    }

    /** Begins one and says what it is called. BUSY when something is at work. */
    public BackupState create() {
        Creation creation = new Creation(repository, store, linking);
        begin(creation.id(), () -> create(creation), creation);
        return creation.state();
    }

    private synchronized void begin(String id, Runnable work, @Nullable Creation creation) {
        if (closed) {
            throw new BackupException(Reason.CLOSED, "the store is being closed");
        }
        if (working != null) {
            throw busy();
        }
        thread.execute(() -> {
            try {
                work.run();
            } finally {
                end();
            }
        });
        working = id;
        creating = creation;
    }

    private BackupException busy() {
        return new BackupException(Reason.BUSY, "backup " + working + " is being "
                + (creating == null ? "verified" : "made") + "; one at a time");
    }

    private synchronized void end() {
        working = null;
        creating = null;
    }

    private void create(Creation creation) {
        try {
            Manifest made = creation.run();
            last = state(new Found(made.id(), made, null), List.of(made));
            succeededMillis = endMillis(made);
            LOG.info("backup {}: {} files, {} bytes, {} of them new, in {} ms; seqIds {} to {}", made.id(),
                    made.files(), made.bytes(), made.newBytes(), made.millis(), made.fromSeqId(),
                    made.toSeqId());
        } catch (RuntimeException | Error failure) {
            BackupState state = creation.state();
            LOG.error("backup {} failed", creation.id(), failure);
            failures.incrementAndGet();
            last = state;
            synchronized (this) {
                failed.addLast(state);
                if (failed.size() > FAILED_KEPT_MAX) {
                    failed.removeFirst();
                }
            }
        }
    }

    /** Begins to read all of it. MISSING, DAMAGED, BUSY. */
    public BackupState verify(String id) {
        repository.manifest(id);
        Verification begun = new Verification(Instant.now(), null, 0, List.of());
        // What it finds is put by the work, which may be done before this returns.
        begin(id, () -> verify(id, begun), null);
        return state(id);
    }

    private void verify(String id, Verification begun) {
        verified.put(id, begun);
        AtomicLong bytes = new AtomicLong();
        List<String> problems;
        try {
            problems = Verifying.run(repository, id, read -> {
                store.checkOpen();
                verified.put(id, new Verification(begun.started(), null, bytes.addAndGet(read), List.of()));
            });
        } catch (RuntimeException failure) {
            problems = List.of(String.valueOf(failure.getMessage()));
        } catch (Error failure) {
            LOG.error("backup {} cannot be verified", id, failure);
            problems = List.of(failure.toString());
        }
        problems.forEach(problem -> LOG.error("backup {}: {}", id, problem));
        verified.put(id, new Verification(begun.started(), Instant.now(), bytes.get(), problems));
    }

    /** Oldest first; also one that is being made, and those that failed since the start. */
    public List<BackupState> list() {
        // Before the disk is read: one that ends meanwhile is seen here or there.
        Map<String, BackupState> others = new LinkedHashMap<>();
        Creation current;
        synchronized (this) {
            failed.forEach(state -> others.put(state.id(), state));
            current = creating;
        }
        List<Found> found = repository.list();
        if (current != null) {
            others.put(current.id(), current.state());
        }
        List<BackupState> all = new ArrayList<>();
        List<Manifest> manifests = manifests(found);
        for (Found one : found) {
            all.add(state(one, manifests));
            others.remove(one.id());
        }
        all.addAll(others.values());
        return all;
    }

    private static List<Manifest> manifests(List<Found> found) {
        List<Manifest> all = new ArrayList<>();
        for (Found one : found) {
            if (one.manifest() != null) {
                all.add(one.manifest());
            }
        }
        return all;
    }

    /** MISSING. One that is being made is told without looking at the disk: it is asked for often. */
    public BackupState state(String id) {
        synchronized (this) {
            BackupState current = creating == null ? null : creating.state();
            if (current != null && current.id().equals(id) && current.phase() == Phase.RUNNING) {
                return current;
            }
        }
        return list().stream().filter(state -> state.id().equals(id)).findFirst()
                .orElseThrow(() -> new BackupException(Reason.MISSING,
                        "there is no backup " + id + " in " + repository.directory()));
    }

    private BackupState state(Found found, List<Manifest> all) {
        return state(repository, found, all, verified.get(found.id()));
    }

    /** Of a backup among all that there are. */
    public static BackupState state(Repository repository, Found found, List<Manifest> all,
            @Nullable Verification verification) {
        Manifest made = found.manifest();
        if (made == null) {
            return new BackupState(found.id(), Phase.DAMAGED, Instant.EPOCH, 0, 0, 0, 0, 0, 0, 0, 0,
                    found.problem(), verification);
        }
        return new BackupState(made.id(), Phase.DONE, made.created(), made.millis() / 1e3, made.bytes(),
                made.newBytes(), made.files(), made.newFiles(), made.fromSeqId(), made.toSeqId(),
                LogReach.of(repository, made, all).toSeqId(), null, verification);
    }

    /** MISSING, BUSY. */
    public void delete(String id) {
        synchronized (this) {
            if (working != null) {
                throw busy();
            }
            if (failed.removeIf(state -> state.id().equals(id))) {
                return;
            }
        }
        repository.delete(id);
        verified.remove(id);
    }

    /** The last one that ended since the start; null when none did. */
    public @Nullable BackupState last() {
        return last;
    }

    /** When the newest that is whole ended, also before the start, in milliseconds since 1970; 0 when there is none. */
    public long succeededMillis() {
        return succeededMillis;
    }

    /** How many failed since the start. */
    public long failures() {
        return failures.get();
    }

    public synchronized boolean isWorking() {
        return working != null;
    }

    /** What is under way is given up. Before the engine is closed. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        store.close();
        thread.shutdown();
        boolean interrupted = false;
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("a backup is still under way");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
