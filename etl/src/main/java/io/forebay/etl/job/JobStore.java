package io.forebay.etl.job;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on disk. Format: family JOBS, key = kind:1 id:16, where kind 'r' is what was asked for (written once) and 's' where
 * it stands, and 'w' that it shall be cancelled (value: whether it shall be undone too), written by whoever asks, so
 * that it does not cross what the job writes of itself; family ERRORS, key = id:16 ordinal:8 big-endian. Values as
 * {@link JobCodec} writes them. Ids are ordered by time, so the last key is the newest job.
 *
 * <p>Threads: any; each job is written by one at a time.
 *
 * <p>Failure: {@link #visit} logs a row that cannot be read once and passes it over; {@link #find} throws.
 */
public final class JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
    private static final byte ASKED = 'r';
    private static final byte STATUS = 's';
    private static final byte WISH = 'w';

    private final ImportDatabase db;
    private final JobCounts counts = new JobCounts();
    private final Set<UUID> damaged = ConcurrentHashMap.newKeySet();

    public JobStore(ImportDatabase db) {
        this.db = db;
        visit(kept -> {
            counts.written(kept.id(), null, kept.status().state);
            return true;
        });
    }

    /** A job with all that is kept of it. */
    public record Kept(UUID id, ImportRequest request, long createdMillis, @Nullable UUID retryOf,
            JobStatus status) {}

    /** Durable when it returns. */
    public void create(UUID id, ImportRequest request, long createdMillis, @Nullable UUID retryOf,
            JobStatus status) {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(db.family(Family.JOBS), key(ASKED, id),
                    JobCodec.bytes(new JobCodec.Asked(request, createdMillis, retryOf)));
            batch.put(db.family(Family.JOBS), key(STATUS, id), JobCodec.bytes(status));
            db.write(batch, true);
            counts.written(id, null, status.state);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    /** To be written by the caller, with what belongs to it. */
    public void put(WriteBatch batch, UUID id, JobStatus status) {
        try {
            batch.put(db.family(Family.JOBS), key(STATUS, id), JobCodec.bytes(status));
            counts.announced(id, status.state);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    public void put(WriteBatch batch, UUID id, DocumentError error) {
        try {
            batch.put(db.family(Family.ERRORS), errorKey(id, error.ordinal()), JobCodec.bytes(error));
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    public void write(UUID id, JobStatus status, boolean sync) {
        boolean isMoving = counts.isMoving(id);
        JobState before = isMoving ? null : stateOf(id);
        db.put(Family.JOBS, key(STATUS, id), JobCodec.bytes(status), sync);
        if (isMoving || before != null) { // otherwise it is not kept any more
            counts.written(id, before, status.state);
        }
    }

    /** Null when it is not kept, or cannot be read. */
    private @Nullable JobState stateOf(UUID id) {
        byte[] asked = db.get(Family.JOBS, key(ASKED, id));
        byte[] status = db.get(Family.JOBS, key(STATUS, id));
        Kept kept = asked == null || status == null ? null : readable(id, asked, status);
        return kept == null ? null : kept.status().state;
    }

    /** How many there are of each state; without a look at the disk. */
    public Map<JobState, Long> counts() {
        return counts.now();
    }

    public @Nullable Kept find(UUID id) {
        byte[] asked = db.get(Family.JOBS, key(ASKED, id));
        byte[] status = db.get(Family.JOBS, key(STATUS, id));
        return asked == null || status == null ? null : kept(id, asked, status);
    }

    private Kept kept(UUID id, byte[] asked, byte[] statusBytes) {
        return kept(id, JobCodec.asked(asked), JobCodec.status(statusBytes));
    }

    /** Null, and logged, when its rows are damaged. */
    private @Nullable Kept readable(UUID id, byte[] askedBytes, byte[] statusBytes) {
        JobCodec.Asked asked;
        JobStatus status;
        try {
            asked = JobCodec.asked(askedBytes);
            status = JobCodec.status(statusBytes);
        } catch (ForebayException unreadable) {
            if (damaged.add(id)) {
                LOG.error("job {} is passed over: {}", id, unreadable.getMessage());
            }
            return null;
        }
        return kept(id, asked, status);
    }

    private Kept kept(UUID id, JobCodec.Asked read, JobStatus status) {
        byte[] wish = db.get(Family.JOBS, key(WISH, id));
        status.cancelling = wish != null;
        status.reverting = wish != null && wish[0] == 1;
        return new Kept(id, read.request(), read.createdMillis(), read.retryOf(), status);
    }

    /** Durable when it returns. */
    public void wishToCancel(UUID id, boolean revert) {
        db.put(Family.JOBS, key(WISH, id), new byte[]{(byte) (revert ? 1 : 0)}, true);
    }

    /** What was wished for is done. */
    public void wishIsDone(UUID id) {
        db.put(Family.JOBS, key(WISH, id), new byte[]{0}, true);
    }

    /** Shows all of them, newest first, until the visitor answers false. */
    public void visit(Predicate<Kept> visitor) {
        try (RocksIterator asked = db.iterator(Family.JOBS)) {
            for (asked.seekForPrev(key(ASKED, new UUID(-1, -1))); asked.isValid()
                    && asked.key()[0] == ASKED; asked.prev()) {
                UUID id = JobIds.of(asked.key(), 1);
                byte[] status = db.get(Family.JOBS, key(STATUS, id));
                Kept kept = status == null ? null : readable(id, asked.value(), status);
                if (kept != null && !visitor.test(kept)) {
                    return;
                }
            }
            check(asked);
        }
    }

    /** Ordered by ordinal. */
    public List<DocumentError> errors(UUID id, long afterOrdinal, int limit) {
        List<DocumentError> found = new ArrayList<>();
        byte[] prefix = JobIds.bytes(id);
        try (RocksIterator rows = db.iterator(Family.ERRORS)) {
            for (rows.seek(errorKey(id, afterOrdinal + 1)); found.size() < limit && rows.isValid()
                    && Arrays.equals(rows.key(), 0, 16, prefix, 0, 16); rows.next()) {
                found.add(JobCodec.error(rows.value()));
            }
            check(rows);
        }
        return found;
    }

    /** With its errors. */
    public void delete(UUID id) {
        JobState before = counts.isMoving(id) ? null : stateOf(id);
        try (WriteBatch batch = new WriteBatch()) {
            batch.delete(db.family(Family.JOBS), key(ASKED, id));
            batch.delete(db.family(Family.JOBS), key(STATUS, id));
            batch.delete(db.family(Family.JOBS), key(WISH, id));
            batch.deleteRange(db.family(Family.ERRORS), errorKey(id, 0), errorKey(id, Long.MAX_VALUE));
            db.write(batch, false);
            counts.deleted(id, before);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    private static void check(RocksIterator rows) {
        try {
            rows.status();
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    private static ForebayException failure(RocksDBException e) {
        return new ForebayException(ErrorCode.UNAVAILABLE,
                "The import database does not work: " + e.getMessage(), e);
    }

    private static byte[] key(byte kind, UUID id) {
        return ByteBuffer.allocate(17).put(kind).put(JobIds.bytes(id)).array();
    }

    private static byte[] errorKey(UUID id, long ordinal) {
        return ByteBuffer.allocate(24).put(JobIds.bytes(id)).putLong(ordinal).array();
    }
}
