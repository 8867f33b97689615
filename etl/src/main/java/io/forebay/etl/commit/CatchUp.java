package io.forebay.etl.commit;

import io.forebay.engine.ChangeFeed;
import io.forebay.engine.Forebay;
import io.forebay.engine.PurgedException;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one line up to date with the engine: what the API changed since the head becomes an implicit commit.
 *
 * <p>The change feed says which ids were touched behind the head's seqId, imports' own writes among them; what they are now
 * the engine says, and what differs from the head's tree is a change. Where the log does not reach back, or there is no
 * line yet, the whole collection is compared: all that it holds, then all that the tree holds and it may not hold any more.
 * So a commit is what was found while looking; what is written meanwhile comes with the next one, whose feed begins where
 * this one looked first.
 *
 * <p>Memory: the ids of one round, the records of one page.
 *
 * <p>Threads: the one that has the line's lock. Failure: what was found so far stays as a draft, and the next one goes on
 * with it.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    /** So many ids are collected from the feed before they are looked at. */
    static final int ROUND_IDS = 20_000;
    private static final int TREE_PAGE = 1000;

    private final ImportDatabase db;
    private final Lines lines;
    private final Tree tree;
    private final Forebay engine;
    private final UUID collection;
    private final EngineSide side;

    CatchUp(ImportDatabase db, Forebay engine, UUID collection) {
        this.db = db;
        this.lines = new Lines(db);
        this.tree = new Tree(db);
        this.engine = engine;
        this.collection = collection;
        this.side = new EngineSide(engine, collection);
    }

    /** There is no draft of a job. Answers the head as it is then; makes it when there is none. */
    Head run(Line line, RowGuard guard) {
        Head head = lines.head(collection);
        Draft begun = lines.draft(collection);
        long target = side.ackedSeqId();
        if (head != null && begun == null && head.seqId() >= target) {
            return head;
        }
        side.settle();
        Head from = head == null ? new Head(0, 0, 0) : head;
        LiveDraft draft = new LiveDraft(db, guard, collection,
                begun == null ? Draft.implicit(from.number() + 1, from.seqId()) : begun, none -> {
                    throw new IllegalStateException("an implicit commit is ended by who makes it");
                });
        line.live = draft;
        try {
            compare(draft, head, target);
        } finally {
            draft.over();
            line.live = null;
        }
        return end(from, target);
    }

    private Head end(Head from, long target) {
        Draft found = lines.draft(collection);
        long seqId = Math.max(from.seqId(), target);
        if (found != null && !found.isEmpty()) {
            CommitInfo commit = lines.end(collection, found, from, seqId);
            return new Head(commit.number(), seqId, commit.records());
        }
        Head moved = new Head(from.number(), seqId, from.records());
        try (WriteBatch batch = new WriteBatch()) {
            lines.put(batch, collection, moved);
            lines.removeDraft(batch, collection);
            db.write(batch, true);
        }
        return moved;
    }

    private void compare(LiveDraft draft, @Nullable Head head, long target) {
        if (head == null) {
            whole(draft);
            return;
        }
        try {
            touched(draft, head.seqId() + 1, target);
        } catch (PurgedException gone) {
            LOG.info("collection {}: the log does not go back to seqId {}; the whole of it is compared",
                    collection, head.seqId() + 1);
            whole(draft);
        }
    }

    /** Looks at the ids that entries of the log from one seqId to another have touched. */
    private void touched(LiveDraft draft, long from, long target) {
        Set<String> ids = new HashSet<>();
        try (ChangeFeed feed = engine.changes(collection, from)) {
            while (true) {
                io.forebay.engine.Change change = feed.next();
                if (change == null && feed.isUnfinished()) {
                    continue;
                }
                if (change == null || change.minSeqId() > target) {
                    break;
                }
                RecordBatch batch = change.batch();
                for (int i = 0; i < batch.size(); i++) {
                    ids.add(batch.id(i));
                }
                if (ids.size() >= ROUND_IDS) {
                    feed.release();
                    look(draft, ids);
                    ids.clear();
                }
            }
        }
        look(draft, ids);
    }

    private void look(LiveDraft draft, Set<String> ids) {
        List<String> all = new ArrayList<>(ids);
        int rows = side.pageRows();
        for (int i = 0; i < all.size(); i += rows) {
            List<String> some = all.subList(i, Math.min(all.size(), i + rows));
            Map<String, StoredRecord> now = new HashMap<>();
            side.records(some).forEach(record -> now.put(record.id(), record));
            put(draft, some.stream().map(id -> new RowChange(id, now.get(id), null)).toList());
        }
    }

    private void whole(LiveDraft draft) {
        WholeCollection all = new WholeCollection(side, side.pageRows());
        for (List<StoredRecord> page = all.next(); !page.isEmpty(); page = all.next()) {
            put(draft, page.stream().map(record -> new RowChange(record.id(), record, null)).toList());
        }
        List<Tree.Entry> page = tree.page(collection, draft.state().number(), null, TREE_PAGE);
        while (!page.isEmpty()) {
            List<String> ids = page.stream().map(entry -> Keys.text(entry.id())).toList();
            Set<String> there = new HashSet<>();
            side.idsOnly(ids).forEach(record -> there.add(record.id()));
            put(draft, ids.stream().filter(id -> !there.contains(id)).map(id -> new RowChange(id, null, null))
                    .toList());
            page = tree.page(collection, draft.state().number(), page.getLast().id(), TREE_PAGE);
        }
    }

    private void put(LiveDraft draft, List<RowChange> changes) {
        try (WriteBatch batch = new WriteBatch()) {
            draft.put(batch, changes, -1, true);
            if (batch.count() > 0) {
                db.write(batch, false);
            }
        }
    }
}
