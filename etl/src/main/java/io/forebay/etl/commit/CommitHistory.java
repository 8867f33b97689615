package io.forebay.etl.commit;

import io.forebay.engine.Forebay;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * Histories in the import database: rows once each by their hash, for every id its versions, for every commit its changes
 * ({@link Keys} draws all of it). A commit costs what it changed, not what the collection holds.
 *
 * <p>Invariants: what carries a number up to the head's never changes. A draft writes under the number behind the head's, so
 * it is seen by nobody, and ending it is one write that moves the head. A line has one draft at most, of a job or, while
 * {@link CatchUp} is at work, of nobody.
 *
 * <p>Threads: any. Each line has a lock ({@link Line}) for whoever changes it; readers take none. {@link RowGuard} keeps
 * drafts and a sweep apart.
 *
 * <p>Failure: a kill leaves every line as of its last write batch. A draft that another job's draft meets is given up: what
 * it had put is forgotten, and what its job wrote to the engine comes with the next implicit commit.
 */
public final class CommitHistory implements History {
    private static final int STEP = 500;

    private final ImportDatabase db;
    private final Forebay engine;
    private final Lines lines;
    private final Tree tree;
    private final Changes changes;
    private final Rows rows;
    final RowGuard guard = new RowGuard();
    private final ConcurrentHashMap<UUID, Line> open = new ConcurrentHashMap<>();

    private CommitHistory(ImportDatabase db, Forebay engine) {
        this.db = db;
        this.engine = engine;
        this.lines = new Lines(db);
        this.tree = new Tree(db);
        this.changes = new Changes(db);
        this.rows = new Rows(db);
    }

    /** Both stay the caller's, and are closed after this. */
    public static CommitHistory open(ImportDatabase db, Forebay engine) {
        return new CommitHistory(db, engine);
    }

    // ---- writing ----

    @Override
    public CommitDraft draft(DraftRequest request) {
        UUID collection = request.collection();
        engine.collection(collection);
        Line line = line(collection);
        line.lock.lock();
        try {
            CommitInfo ended = lines.ofJob(collection, request.job());
            if (ended != null) {
                return new EndedDraft(db, ended);
            }
            Draft begun = lines.draft(collection);
            if (begun == null || !request.job().equals(begun.job())) {
                begun = begin(line, request, begun);
            }
            LiveDraft draft = new LiveDraft(db, guard, collection, begun, this::finish);
            retire(line);
            line.live = draft;
            return draft;
        } finally {
            line.lock.unlock();
        }
    }

    private Draft begin(Line line, DraftRequest request, @Nullable Draft other) {
        UUID collection = request.collection();
        if (other != null && other.job() != null) {
            retire(line);
            giveUp(collection, other);
        }
        Head head = new CatchUp(db, engine, collection).run(line, guard);
        Draft begun = Draft.of(request, head.number() + 1, head.seqId(),
                new EngineSide(engine, collection).operationsAt(head.seqId()));
        try (WriteBatch batch = new WriteBatch()) {
            lines.put(batch, collection, begun);
            db.write(batch, true);
        }
        return begun;
    }

    private static void retire(Line line) {
        LiveDraft live = line.live;
        if (live != null) {
            live.over();
            line.live = null;
        }
    }

    /** Versions that differ in nothing but their source stay: they say what is true. */
    private void giveUp(UUID collection, Draft draft) {
        List<Change> page = changes.page(collection, draft.number(), null, STEP);
        while (!page.isEmpty()) {
            try (WriteBatch batch = new WriteBatch()) {
                for (Change change : page) {
                    Storage.delete(batch, db, Family.TREES,
                            Keys.tree(collection, change.id(), draft.number()));
                    Storage.delete(batch, db, Family.CHANGES,
                            Keys.change(collection, draft.number(), change.id()));
                }
                lines.putUnnamed(batch);
                db.write(batch, false);
            }
            page = changes.page(collection, draft.number(), page.getLast().id(), STEP);
        }
        try (WriteBatch batch = new WriteBatch()) {
            lines.removeDraft(batch, collection);
            db.write(batch, true);
        }
    }

    private CommitInfo finish(LiveDraft draft) {
        UUID collection = draft.collection();
        Line line = line(collection);
        line.lock.lock();
        try {
            UUID job = draft.state().job();
            CommitInfo ended = job == null ? null : lines.ofJob(collection, job);
            if (ended != null) {
                return ended;
            }
            Draft written = lines.draft(collection);
            Head head = lines.head(collection);
            if (head == null || written == null || !written.isSame(draft.state())) {
                engine.collection(collection);
                throw new ForebayException(ErrorCode.UNAVAILABLE,
                        "The draft of job [" + job + "] was given up");
            }
            EngineSide side = new EngineSide(engine, collection);
            side.settle();
            CommitInfo commit = lines.end(collection, written, head, side.seqIdAtEnd(written));
            retire(line);
            return commit;
        } finally {
            line.lock.unlock();
        }
    }

    private Line line(UUID collection) {
        return open.computeIfAbsent(collection, none -> new Line());
    }

    // ---- reading ----

    @Override
    public Page log(UUID collection, int offset, int limit) {
        engine.collection(collection);
        Head head = lines.head(collection);
        if (head == null || head.number() == 0) {
            return new Page(List.of(), 0);
        }
        Line line = line(collection);
        line.lock.lock();
        try {
            Draft draft = lines.draft(collection);
            head = draft != null && draft.job() != null
                    ? head(collection)
                    : new CatchUp(db, engine, collection).run(line, guard);
        } finally {
            line.lock.unlock();
        }
        return new Page(lines.page(collection, head.number(), offset, limit), head.number());
    }

    private Head head(UUID collection) {
        Head head = lines.head(collection);
        if (head == null) {
            throw ForebayException.notFound("Collection [" + collection + "] has no commits");
        }
        return head;
    }

    @Override
    public CommitInfo commit(UUID collection, String commit) {
        engine.collection(collection);
        return lines.find(collection, commit);
    }

    @Override
    public List<RowDiff> diff(UUID collection, @Nullable String from, String to, @Nullable String afterId,
            int limit) {
        CommitInfo end = commit(collection, to);
        long start = from == null ? end.number() - 1 : commit(collection, from).number();
        byte[] after = afterId == null ? null : Keys.utf8(afterId);
        return new Diff(db, collection).page(start, end.number(), after, limit);
    }

    @Override
    public List<StoredRecord> rows(UUID collection, String commit, @Nullable List<String> ids,
            @Nullable String afterId, int limit) {
        long number = commit(collection, commit).number();
        if (ids == null) {
            return rows
                    .load(tree.page(collection, number, afterId == null ? null : Keys.utf8(afterId), limit));
        }
        List<byte[]> asked = ids.stream().map(Keys::utf8).toList();
        List<Version> versions = tree.at(collection, number, asked);
        List<Tree.Entry> there = new ArrayList<>();
        for (int i = 0; i < asked.size() && there.size() < limit; i++) {
            if (versions.get(i).isThere()) {
                there.add(new Tree.Entry(asked.get(i), versions.get(i)));
            }
        }
        return rows.load(there);
    }

    @Override
    public void undo(UUID collection, String commit, @Nullable String afterId, Consumer<Undo> steps) {
        new Undoing(db, collection, commit(collection, commit).number(), head(collection).number())
                .each(afterId == null ? null : Keys.utf8(afterId), steps);
    }

    @Override
    public long changedSince(UUID collection, String commit) {
        return new Undoing(db, collection, commit(collection, commit).number(), head(collection).number())
                .changedSince();
    }

    // ---- housekeeping ----

    @Override
    public void sweep() {
        new Sweep(db, engine, guard, open).run();
    }

    /** Holds nothing of its own. */
    @Override
    public void close() {
        open.values().forEach(CommitHistory::retire);
    }

    static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
