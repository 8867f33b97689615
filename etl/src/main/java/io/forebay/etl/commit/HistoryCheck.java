package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.Finding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the history of each collection is whole: rows have the hash by which they are kept and can be decoded, ids
 * of commits are what their content hashes to, each names its parent, the head is the last one, every row that a
 * tree or a change names is there, and the head's tree has as many records as the head says. Holds eight bytes a row,
 * a few lines a collection, and one commit at a time.
 *
 * <p>Threads: one; used once. What cannot be read at all comes as UNAVAILABLE.
 */
public final class HistoryCheck {
    private final ImportDatabase db;
    private final Consumer<Finding> out;
    private long[] rows = new long[1024];
    private int rowCount;
    private final Map<UUID, Head> heads = new HashMap<>();
    private final Map<UUID, Long> records = new HashMap<>();
    /** Whose commits are being read, the last one that could be, and how many. */
    private @Nullable UUID line;
    private @Nullable CommitInfo before;
    private long commitCount;

    private HistoryCheck(ImportDatabase db, Consumer<Finding> out) {
        this.db = db;
        this.out = out;
    }

    public static void run(ImportDatabase db, Consumer<Finding> out) {
        HistoryCheck check = new HistoryCheck(db, out);
        check.rows();
        check.commits();
        check.trees();
        db.walk(Family.CHANGES, check::change);
    }

    private void rows() {
        db.walk(Family.ROWS, (key, value) -> {
            if (rowCount == rows.length) {
                rows = Arrays.copyOf(rows, 2 * rowCount);
            }
            rows[rowCount++] = ByteBuffer.wrap(key).getLong();
            if (!Arrays.equals(key, CanonicalRow.hash(value))) {
                out.accept(row(key, "it does not have the hash by which it is kept"));
                return;
            }
            try {
                CanonicalRow.decode("", value);
            } catch (RuntimeException unreadable) {
                out.accept(row(key, "it cannot be decoded: " + unreadable.getMessage()));
            }
        });
        rows = Arrays.copyOf(rows, rowCount);
        Arrays.sort(rows);
    }

    private static Finding row(byte[] hash, String what) {
        return Finding.damage("history-row", "imports", what).at("row " + HexFormat.of().formatHex(hash))
                .means("commits that have it cannot be shown or reverted").todo(Finding.FROM_BACKUP);
    }

    private Finding line(UUID collection, String what) {
        return Finding.damage("commit", "imports", what).at("history of collection " + collection)
                .means("its commits cannot be trusted from there on").todo(Finding.FROM_BACKUP);
    }

    // ---- commits ----

    /** Rows come collection by collection, its commits by number and before its head. */
    private void commits() {
        db.walk(Family.COMMITS, (key, value) -> {
            UUID collection = Keys.collectionOf(key);
            if (!collection.equals(line)) {
                line = collection;
                before = null;
                commitCount = 0;
            }
            try {
                commit(collection, key, value);
            } catch (RuntimeException unreadable) {
                out.accept(line(collection, "a row of kind " + (char) key[Keys.COLLECTION_BYTES]
                        + " cannot be read: " + unreadable.getMessage()));
            }
        });
    }

    private void commit(UUID collection, byte[] key, byte[] value) {
        switch (key[Keys.COLLECTION_BYTES]) {
            case 'C' -> {
                CommitInfo commit = LineCodec.commit(collection, value);
                commitCount++;
                chain(collection, commit);
                before = commit;
                byte[] found = db.get(Family.COMMITS,
                        Keys.commitId(collection, HexFormat.of().parseHex(commit.id())));
                if (found == null || ByteBuffer.wrap(found).getLong() != commit.number()) {
                    out.accept(line(collection, "commit " + commit.number() + " is not found by its id"));
                }
            }
            case 'H' -> {
                Head head = LineCodec.head(value);
                heads.put(collection, head);
                if (commitCount != head.number()) {
                    out.accept(line(collection, "its head is commit " + head.number() + ", and there are "
                            + commitCount));
                }
            }
            case 'D' -> LineCodec.draft(value);
            case 'I', 'J' -> {
                byte[] named = db.get(Family.COMMITS,
                        Keys.commit(collection, ByteBuffer.wrap(value).getLong()));
                if (named == null) {
                    out.accept(line(collection, "an id or a job leads to a commit that does not exist"));
                }
            }
            default -> {
                if (!collection.equals(Keys.NOBODY)) {
                    out.accept(line(collection, "a row of an unknown kind"));
                }
            }
        }
    }

    private void chain(UUID collection, CommitInfo commit) {
        if (!commit.id().equals(CommitIds.of(commit))) {
            out.accept(line(collection, "the id of commit " + commit.number()
                    + " is not what its content hashes to"));
        }
        CommitInfo last = before;
        boolean isNext = last != null && last.number() == commit.number() - 1
                && last.id().equals(commit.parent());
        if (commit.number() > 1 && !isNext) {
            out.accept(line(collection, "commit " + commit.number() + " does not name commit "
                    + (commit.number() - 1) + " as its parent"));
        }
    }

    // ---- trees and changes ----

    private void trees() {
        byte[][] last = {new byte[0]};
        db.walk(Family.TREES, (key, value) -> {
            UUID collection = Keys.collectionOf(key);
            Version version = version(collection, key, value);
            Head head = heads.get(collection);
            if (version == null || head == null || Keys.numberOfTree(key) > head.number()
                    || last[0].length > 0 && Keys.isSameId(key, last[0])) {
                return;
            }
            last[0] = key;
            if (version.isThere()) {
                records.merge(collection, 1L, Long::sum);
            }
        });
        heads.forEach((collection, head) -> {
            long found = records.getOrDefault(collection, 0L);
            if (found != head.records()) {
                out.accept(line(collection,
                        "its head has " + head.records() + " records, and its tree " + found));
            }
        });
    }

    private @Nullable Version version(UUID collection, byte[] key, byte[] value) {
        try {
            Version version = Version.decode(value);
            named(collection, version.row(), Keys.idOfTree(key), Keys.numberOfTree(key));
            return version;
        } catch (RuntimeException unreadable) {
            out.accept(line(collection, "a version cannot be read: " + unreadable));
            return null;
        }
    }

    private void change(byte[] key, byte[] value) {
        UUID collection = Keys.collectionOf(key);
        try {
            byte[] id = Keys.idOfChange(key);
            Change change = Change.decode(id, value);
            long number = ByteBuffer.wrap(key).getLong(Keys.COLLECTION_BYTES);
            named(collection, change.before().row(), id, number);
            named(collection, change.after(), id, number);
        } catch (RuntimeException unreadable) {
            out.accept(line(collection, "a change cannot be read: " + unreadable));
        }
    }

    private void named(UUID collection, byte @Nullable [] row, byte[] id, long number) {
        if (row != null && Arrays.binarySearch(rows, ByteBuffer.wrap(row).getLong()) < 0) {
            out.accept(Finding.damage("history-row", "imports", "the row that commit " + number
                    + " has of it is missing").at("history of collection " + collection).of(Keys.text(id))
                    .means("the commit cannot be shown or reverted").todo(Finding.FROM_BACKUP));
        }
    }
}
