package io.forebay.etl.commit;

import io.forebay.etl.commit.History.Undo;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What undoing a commit takes, in pages, so that nothing is held while the caller writes. What was changed since is told by
 * the head as of when it was asked: a draft that undoes does not count its own writes.
 */
final class Undoing {
    private static final int PAGE = 250;

    private final Changes changes;
    private final Tree tree;
    private final Rows rows;
    private final UUID collection;
    private final long commit;
    private final long head;

    Undoing(ImportDatabase db, UUID collection, long commit, long head) {
        this.changes = new Changes(db);
        this.tree = new Tree(db);
        this.rows = new Rows(db);
        this.collection = collection;
        this.commit = commit;
        this.head = head;
    }

    void each(byte @Nullable [] afterId, Consumer<Undo> steps) {
        List<Change> page = changes.page(collection, commit, afterId, PAGE);
        while (!page.isEmpty()) {
            give(page, steps);
            page = changes.page(collection, commit, page.getLast().id(), PAGE);
        }
    }

    private void give(List<Change> page, Consumer<Undo> steps) {
        List<Version> now = now(page);
        List<Tree.Entry> wanted = new ArrayList<>();
        for (Change change : page) {
            if (change.before().isThere()) {
                wanted.add(new Tree.Entry(change.id(), change.before()));
            }
        }
        List<StoredRecord> before = rows.load(wanted);
        int next = 0;
        for (int i = 0; i < page.size(); i++) {
            Change change = page.get(i);
            StoredRecord row = change.before().isThere() ? before.get(next++) : null;
            steps.accept(
                    new Undo(change.idText(), row, change.before().source(), isOther(change, now.get(i))));
        }
    }

    long changedSince() {
        long count = 0;
        List<Change> page = changes.page(collection, commit, null, PAGE);
        while (!page.isEmpty()) {
            List<Version> now = now(page);
            for (int i = 0; i < page.size(); i++) {
                count += isOther(page.get(i), now.get(i)) ? 1 : 0;
            }
            page = changes.page(collection, commit, page.getLast().id(), PAGE);
        }
        return count;
    }

    private List<Version> now(List<Change> page) {
        return tree.at(collection, head, page.stream().map(Change::id).toList());
    }

    private static boolean isOther(Change change, Version now) {
        return !Arrays.equals(change.after(), now.row());
    }
}
