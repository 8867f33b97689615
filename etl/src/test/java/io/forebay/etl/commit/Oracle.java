package io.forebay.etl.commit;

import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a line must say, kept in memory: the state of the collection at every commit. */
final class Oracle {
    /** Number of a commit - 1 -> the rows at it, in the order of ids. */
    final List<TreeMap<String, StoredRecord>> commits = new ArrayList<>();
    /** What the collection holds now. */
    final TreeMap<String, StoredRecord> now = new TreeMap<>();
    /** Whether the collection has a line: it was imported into. */
    boolean hasLine;

    TreeMap<String, StoredRecord> at(long number) {
        return number == 0 ? new TreeMap<>() : commits.get((int) number - 1);
    }

    /** A commit of what is there now. */
    void commit() {
        commits.add(new TreeMap<>(now));
    }

    boolean isHeadNow() {
        return commits.isEmpty() ? now.isEmpty() : same(commits.getLast(), now);
    }

    List<History.RowDiff> diff(long from, long to, String afterId) {
        Map<String, StoredRecord> before = at(from);
        Map<String, StoredRecord> after = at(to);
        TreeSet<String> ids = new TreeSet<>(before.keySet());
        ids.addAll(after.keySet());
        List<History.RowDiff> diffs = new ArrayList<>();
        for (String id : ids) {
            String a = hash(before.get(id));
            String b = hash(after.get(id));
            if (!Objects.equals(a, b) && (afterId == null || id.compareTo(afterId) > 0)) {
                diffs.add(new History.RowDiff(id, a, b));
            }
        }
        return diffs;
    }

    static String hash(StoredRecord row) {
        return row == null ? null : CommitHistory.hex(CanonicalRow.hash(CanonicalRow.encode(row)));
    }

    static boolean same(Map<String, StoredRecord> one, Map<String, StoredRecord> other) {
        return hashes(one).equals(hashes(other));
    }

    static Map<String, String> hashes(Map<String, StoredRecord> rows) {
        Map<String, String> hashes = new HashMap<>();
        rows.forEach((id, row) -> hashes.put(id, hash(row)));
        return hashes;
    }

    /** As an upsert of the engine leaves it. */
    static StoredRecord merged(StoredRecord old, StoredRecord change) {
        if (old == null) {
            return change;
        }
        Map<String, io.forebay.model.MetadataValue> metadata = new TreeMap<>(
                old.metadata() == null ? Map.of() : old.metadata());
        if (change.metadata() != null) {
            metadata.putAll(change.metadata());
        }
        return new StoredRecord(change.id(),
                change.embedding() == null ? old.embedding() : change.embedding(),
                metadata, change.document() == null ? old.document() : change.document(),
                change.uri() == null ? old.uri() : change.uri());
    }

    static boolean equal(StoredRecord one, StoredRecord other) {
        return one.id().equals(other.id()) && Arrays.equals(one.embedding(), other.embedding())
                && Objects.equals(one.metadata(), other.metadata())
                && Objects.equals(one.document(), other.document()) && Objects.equals(one.uri(), other.uri());
    }
}
