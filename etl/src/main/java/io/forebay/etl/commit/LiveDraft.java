package io.forebay.etl.commit;

import io.forebay.etl.commit.Tree.Known;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * A draft that is being written, under the number that its commit will have: readers look at numbers up to the head's and do
 * not see it. Its state on disk ({@link Draft}) is in the same batch as the changes, so after a kill both are as they were
 * at some batch. What was put and is not seen on disk yet is looked up in memory.
 *
 * <p>Threads: one at a time; {@link #counts} and {@link #finish} any.
 *
 * <p>Failure: a batch that was filled and then not written makes this object wrong; ask {@link History#draft} again, which
 * also makes this one refuse everything.
 */
final class LiveDraft implements CommitDraft {
    /** What find has found is kept for put, for about so many ids. */
    private static final int FOUND_MAX = 20_000;

    /** What one put changed. */
    private record Put(Map<String, Known> known, List<byte[]> rows) {}

    private final ImportDatabase db;
    private final Lines lines;
    private final Tree tree;
    private final RowGuard guard;
    private final UUID collection;
    private final Function<LiveDraft, CommitInfo> finishing;
    /** As of the last put. */
    private Draft state;
    private final TreeMap<Long, Put> unwritten = new TreeMap<>();
    private Map<String, Known> found = new HashMap<>();
    private volatile boolean isOver;

    LiveDraft(ImportDatabase db, RowGuard guard, UUID collection, Draft state,
            Function<LiveDraft, CommitInfo> finishing) {
        this.db = db;
        this.lines = new Lines(db);
        this.tree = new Tree(db);
        this.guard = guard;
        this.collection = collection;
        this.state = state;
        this.finishing = finishing;
    }

    @Override
    public UUID collection() {
        return collection;
    }

    /** What identifies it; counts as of the last put. */
    Draft state() {
        return state;
    }

    /** Another object stands for the draft now, or it is none any more. */
    void over() {
        isOver = true;
    }

    @Override
    public Map<String, RowState> find(Collection<String> ids) {
        checkLive();
        Map<String, RowState> states = new HashMap<>();
        known(ids).forEach((id, known) -> {
            byte[] row = known.now().row();
            if (row != null) {
                states.put(id, new RowState(row, known.now().source()));
            }
        });
        return states;
    }

    private Map<String, Known> known(Collection<String> ids) {
        Map<String, Known> known = new HashMap<>(2 * ids.size());
        List<String> unknown = new ArrayList<>();
        for (String id : ids) {
            Known one = found.get(id);
            for (Put put : unwritten.values()) {
                one = put.known.getOrDefault(id, one);
            }
            if (one == null) {
                unknown.add(id);
            } else {
                known.put(id, one);
            }
        }
        Map<String, Known> looked = tree.known(collection, state.number(), unknown);
        known.putAll(looked);
        if (found.size() + looked.size() > FOUND_MAX) {
            found = new HashMap<>();
        }
        found.putAll(looked);
        return known;
    }

    @Override
    public void put(WriteBatch batch, List<RowChange> changes, long operations) {
        put(batch, changes, operations, false);
    }

    /**
     * @param keepSource of rows that are what they were; then a put of nothing else puts nothing into the batch
     */
    void put(WriteBatch batch, List<RowChange> changes, long operations, boolean keepSource) {
        checkLive();
        forgetWritten();
        Map<String, RowChange> last = new LinkedHashMap<>();
        changes.forEach(change -> last.put(change.id(), change));
        Map<String, Known> before = known(last.keySet());
        Map<String, byte[]> rows = new HashMap<>();
        Map<String, Version> after = new LinkedHashMap<>();
        last.forEach((id, change) -> after.put(id, version(change, rows, before, keepSource)));
        Put put = new Put(new HashMap<>(), new ArrayList<>());
        Tally tally = new Tally(state.counts());
        guard.lock.readLock().lock();
        try {
            int count = batch.count();
            after.forEach((id, version) -> write(batch, id, before.getOrDefault(id, Known.NOTHING), version,
                    rows.get(id), put, tally));
            if (keepSource && batch.count() == count) {
                return;
            }
            guard.naming(put.rows);
            state = state.with(operations, tally.counts());
            lines.put(batch, collection, state);
            unwritten.put(state.puts(), put);
        } finally {
            guard.lock.readLock().unlock();
        }
        put.known.keySet().forEach(found::remove);
    }

    private static Version version(RowChange change, Map<String, byte[]> rows, Map<String, Known> before,
            boolean keepSource) {
        StoredRecord row = change.row();
        if (row == null) {
            return Version.GONE;
        }
        byte[] canonical = CanonicalRow.encode(row);
        rows.put(change.id(), canonical);
        Version version = new Version(CanonicalRow.hash(canonical), change.sourceHash());
        Version now = before.getOrDefault(change.id(), Known.NOTHING).now();
        return keepSource && version.isSameRow(now) ? now : version;
    }

    private void write(WriteBatch batch, String id, Known known, Version after, byte @Nullable [] canonical,
            Put put, Tally tally) {
        Version base = known.base();
        Version own = known.own();
        put.known.put(id, new Known(base, after.isSame(base) ? null : after));
        if (after.isSame(known.now())) {
            return;
        }
        byte[] idBytes = Keys.utf8(id);
        byte[] treeKey = Keys.tree(collection, idBytes, state.number());
        byte[] changeKey = Keys.change(collection, state.number(), idBytes);
        if (own != null && own.isThere()) {
            lines.putUnnamed(batch);
        }
        if (after.isSame(base)) {
            Storage.delete(batch, db, Family.TREES, treeKey);
        } else {
            byte[] row = after.row();
            if (row != null && canonical != null) {
                Storage.put(batch, db, Family.ROWS, row, canonical);
                put.rows.add(row);
            }
            Storage.put(batch, db, Family.TREES, treeKey, after.encode());
        }
        if (!after.isSameRow(base)) {
            Storage.put(batch, db, Family.CHANGES, changeKey,
                    new Change(idBytes, base, after.row()).encode());
        } else if (own != null && !own.isSameRow(base)) {
            Storage.delete(batch, db, Family.CHANGES, changeKey);
        }
        tally.count(base, known.now(), -1);
        tally.count(base, after, 1);
    }

    /** Counts in the making. */
    private static final class Tally {
        private long inserted;
        private long updated;
        private long deleted;

        Tally(Counts from) {
            inserted = from.inserted();
            updated = from.updated();
            deleted = from.deleted();
        }

        void count(Version before, Version after, int by) {
            if (after.isSameRow(before)) {
                return;
            }
            if (!before.isThere()) {
                inserted += by;
            } else if (after.isThere()) {
                updated += by;
            } else {
                deleted += by;
            }
        }

        Counts counts() {
            return new Counts(inserted, updated, deleted);
        }
    }

    /** What is on disk is read from there. */
    private void forgetWritten() {
        if (!unwritten.isEmpty()) {
            Draft written = lines.draft(collection);
            guard.lock.readLock().lock();
            try {
                if (written != null && written.isSame(state)) {
                    unwritten.headMap(written.puts(), true).clear();
                }
            } finally {
                guard.lock.readLock().unlock();
            }
        }
    }

    /** With the guard's lock: rows that a batch names which may not be on disk yet. */
    void markUnwritten(RowMarks marks) {
        unwritten.values().forEach(put -> put.rows.forEach(marks::mark));
    }

    @Override
    public Counts counts() {
        Draft written = lines.draft(collection);
        return written != null && written.isSame(state) ? written.counts() : state.counts();
    }

    @Override
    public CommitInfo finish() {
        return finishing.apply(this);
    }

    private void checkLive() {
        if (isOver) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "The draft of a commit of collection ["
                    + collection + "] was ended, given up or begun again elsewhere");
        }
    }
}
