package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ForebayException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The family COMMITS: commits, heads and drafts of all lines ({@link Keys}, {@link LineCodec}).
 *
 * <p>Threads: any may read; who writes holds the line's lock.
 */
final class Lines {
    static final String MAIN = "main";
    private static final int PREFIX_CHARS_MIN = 8;
    private static final int ID_CHARS = 2 * CanonicalRow.HASH_BYTES;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

    private final ImportDatabase db;

    Lines(ImportDatabase db) {
        this.db = db;
    }

    @Nullable
    Head head(UUID collection) {
        byte[] value = db.get(Family.COMMITS, Keys.head(collection));
        return value == null ? null : LineCodec.head(value);
    }

    @Nullable
    Draft draft(UUID collection) {
        byte[] value = db.get(Family.COMMITS, Keys.draft(collection));
        return value == null ? null : LineCodec.draft(value);
    }

    CommitInfo commit(UUID collection, long number) {
        byte[] value = db.get(Family.COMMITS, Keys.commit(collection, number));
        if (value == null) {
            throw ForebayException.notFound("Collection [" + collection + "] has no commit number " + number);
        }
        return LineCodec.commit(collection, value);
    }

    @Nullable
    CommitInfo ofJob(UUID collection, UUID job) {
        byte[] number = db.get(Family.COMMITS, Keys.job(collection, job));
        return number == null ? null : commit(collection, ByteBuffer.wrap(number).getLong());
    }

    /** Newest first. */
    List<CommitInfo> page(UUID collection, long newest, int offset, int limit) {
        List<CommitInfo> page = new ArrayList<>();
        for (long number = newest - offset; number > 0 && page.size() < limit; number--) {
            page.add(commit(collection, number));
        }
        return page;
    }

    /** By id, prefix or {@code main}; INVALID_ARGUMENT, NOT_FOUND. */
    CommitInfo find(UUID collection, String name) {
        if (name.equals(MAIN)) {
            Head head = head(collection);
            if (head == null || head.number() == 0) {
                throw ForebayException.notFound("Collection [" + collection + "] has no commits");
            }
            return commit(collection, head.number());
        }
        String prefix = name.toLowerCase(Locale.ROOT);
        if (prefix.length() < PREFIX_CHARS_MIN || prefix.length() > ID_CHARS
                || !HEX.matcher(prefix).matches()) {
            throw ForebayException.invalid("A commit is named by its id (" + ID_CHARS
                    + " hexadecimal characters), the first " + PREFIX_CHARS_MIN
                    + " or more of them, or [main]. Got [" + name + "]");
        }
        List<Long> found = startingWith(collection, prefix);
        if (found.isEmpty()) {
            throw ForebayException
                    .notFound("Collection [" + collection + "] has no commit [" + name + "]");
        }
        if (found.size() > 1) {
            throw ForebayException.invalid("More than one commit of collection [" + collection
                    + "] begins with [" + name + "]: give more characters");
        }
        return commit(collection, found.getFirst());
    }

    /** Two are enough to know that it is not unique. */
    private List<Long> startingWith(UUID collection, String prefix) {
        byte[] whole = HexFormat.of().parseHex(prefix, 0, prefix.length() & ~1);
        List<Long> found = new ArrayList<>();
        try (RocksIterator at = db.iterator(Family.COMMITS)) {
            for (at.seek(Keys.commitId(collection, whole)); at.isValid() && found.size() < 2; at.next()) {
                byte[] key = at.key();
                if (!Keys.isCommitId(key, collection)) {
                    break;
                }
                String id = HexFormat.of().formatHex(Keys.idOfCommit(key));
                if (id.startsWith(prefix)) {
                    found.add(ByteBuffer.wrap(at.value()).getLong());
                } else if (id.compareTo(prefix) > 0) {
                    break;
                }
            }
            Storage.check(at);
        }
        return found;
    }

    void put(WriteBatch batch, UUID collection, Draft draft) {
        Storage.put(batch, db, Family.COMMITS, Keys.draft(collection), LineCodec.encode(draft));
    }

    /** From now on a sweep is worth its while. */
    void putUnnamed(WriteBatch batch) {
        Storage.put(batch, db, Family.COMMITS, Keys.unnamed(),
                ByteBuffer.allocate(Long.BYTES).putLong(ThreadLocalRandom.current().nextLong()).array());
    }

    void removeDraft(WriteBatch batch, UUID collection) {
        Storage.delete(batch, db, Family.COMMITS, Keys.draft(collection));
    }

    void put(WriteBatch batch, UUID collection, Head head) {
        Storage.put(batch, db, Family.COMMITS, Keys.head(collection), LineCodec.encode(head));
    }

    /** In one write, durably: the draft is gone, the commit is there, the head is at it. */
    CommitInfo end(UUID collection, Draft draft, Head before, long seqId) {
        CommitInfo commit = commitOf(collection, draft, before);
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(commit.number()).array();
        try (WriteBatch batch = new WriteBatch()) {
            Storage.put(batch, db, Family.COMMITS, Keys.commit(collection, commit.number()),
                    LineCodec.encode(commit));
            Storage.put(batch, db, Family.COMMITS,
                    Keys.commitId(collection, HexFormat.of().parseHex(commit.id())), number);
            if (draft.job() != null) {
                Storage.put(batch, db, Family.COMMITS, Keys.job(collection, draft.job()), number);
            }
            put(batch, collection, new Head(commit.number(), seqId, commit.records()));
            removeDraft(batch, collection);
            db.write(batch, true);
        }
        return commit;
    }

    private CommitInfo commitOf(UUID collection, Draft draft, Head before) {
        String parent = before.number() == 0 ? null : commit(collection, before.number()).id();
        long time = System.currentTimeMillis();
        CommitDraft.Counts counts = draft.counts();
        String id = CommitIds.of(collection, parent, draft, time);
        return new CommitInfo(id, collection, draft.number(), parent, draft.kind(), draft.job(),
                draft.revertOf(), draft.message(), draft.author(), time, counts.inserted(), counts.updated(),
                counts.deleted(), before.records() + counts.inserted() - counts.deleted());
    }

    /** Of all lines that there are. */
    List<UUID> collections() {
        List<UUID> all = new ArrayList<>();
        try (RocksIterator at = db.iterator(Family.COMMITS)) {
            at.seekToFirst();
            while (at.isValid()) {
                UUID collection = Keys.collectionOf(at.key());
                if (!collection.equals(Keys.NOBODY)) {
                    all.add(collection);
                }
                at.seek(Keys.behind(collection));
            }
            Storage.check(at);
        }
        return all;
    }
}
