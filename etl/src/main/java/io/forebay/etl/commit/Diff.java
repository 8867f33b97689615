package io.forebay.etl.commit;

import io.forebay.etl.commit.History.RowDiff;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * What differs between two commits: the changes of all commits between them, merged by id. One iterator serves all of
 * them, because seeking costs less than holding one for each of thousands of commits.
 *
 * <p>Not thread-safe.
 */
final class Diff {
    private static final Comparator<Next> ORDER = Comparator.comparing(Next::id, Arrays::compareUnsigned)
            .thenComparing(Next::number);

    /** The next change of a commit. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Next(byte[] id, long number, Change change) {}

    private final ImportDatabase db;
    private final UUID collection;

    Diff(ImportDatabase db, UUID collection) {
        this.db = db;
        this.collection = collection;
    }

    /** Backwards, too: then before is what the newer one has. */
    List<RowDiff> page(long from, long to, byte @Nullable [] afterId, int limit) {
        List<RowDiff> page = new ArrayList<>();
        try (RocksIterator at = db.iterator(Family.CHANGES)) {
            PriorityQueue<Next> queue = new PriorityQueue<>(ORDER);
            for (long number = Math.min(from, to) + 1; number <= Math.max(from, to); number++) {
                offer(queue, at, number, afterId);
            }
            while (page.size() < limit && !queue.isEmpty()) {
                RowDiff diff = merged(queue, at, from > to);
                if (diff != null) {
                    page.add(diff);
                }
            }
            Storage.check(at);
        }
        return page;
    }

    /** All changes of the first id; null when it ended as it began. */
    private @Nullable RowDiff merged(PriorityQueue<Next> queue, RocksIterator at, boolean backwards) {
        Change first = queue.element().change;
        Change last = first;
        while (!queue.isEmpty() && Arrays.equals(queue.element().id, first.id())) {
            Next next = queue.remove();
            last = next.change;
            offer(queue, at, next.number, next.id);
        }
        byte[] before = first.before().row();
        byte[] after = last.after();
        if (Arrays.equals(before, after)) {
            return null;
        }
        return new RowDiff(first.idText(), hex(backwards ? after : before), hex(backwards ? before : after));
    }

    private void offer(PriorityQueue<Next> queue, RocksIterator at, long number, byte @Nullable [] afterId) {
        at.seek(Changes.start(collection, number, afterId));
        if (at.isValid()) {
            byte[] key = at.key();
            if (Keys.isChangeOf(key, collection, number)) {
                byte[] id = Keys.idOfChange(key);
                queue.add(new Next(id, number, Change.decode(id, at.value())));
            }
        }
    }

    private static @Nullable String hex(byte @Nullable [] hash) {
        return hash == null ? null : CommitHistory.hex(hash);
    }
}
