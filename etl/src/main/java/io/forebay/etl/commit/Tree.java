package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Reads the family TREES: what ids are at a commit. Versions of commits up to the head never change, so a walk in pages sees
 * one state without holding anything between them.
 *
 * <p>Threads: any.
 */
final class Tree {
    /** So many versions of one id are passed over before it is worth seeking the next id. */
    private static final int STEPS_MAX = 8;

    /** An id at a commit. */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(byte[] id, Version version) {}

    /**
     * What a draft finds of an id.
     *
     * @param base what it is at the head; {@link Version#GONE} where it never was
     * @param own  what the draft has made of it; null for nothing
     */
    record Known(Version base, @Nullable Version own) {
        static final Known NOTHING = new Known(Version.GONE, null);

        Version now() {
            return own == null ? base : own;
        }
    }

    private final ImportDatabase db;

    Tree(ImportDatabase db) {
        this.db = db;
    }

    /** What a draft of this number finds of these ids; every one of them has an entry. */
    Map<String, Known> known(UUID collection, long draft, Collection<String> ids) {
        // Seeks in the order of the keys find most of their blocks at hand.
        TreeMap<byte[], String> keys = new TreeMap<>(Arrays::compareUnsigned);
        ids.forEach(id -> keys.put(Keys.tree(collection, Keys.utf8(id), draft), id));
        Map<String, Known> known = new HashMap<>(2 * ids.size());
        try (RocksIterator at = db.iterator(Family.TREES)) {
            keys.forEach((key, id) -> known.put(id, known(at, key, draft)));
            Storage.check(at);
        }
        return known;
    }

    private static Known known(RocksIterator at, byte[] key, long draft) {
        at.seek(key);
        if (!at.isValid() || !Keys.isSameId(at.key(), key)) {
            return Known.NOTHING;
        }
        Version newest = Version.decode(at.value());
        if (Keys.numberOfTree(at.key()) < draft) {
            return new Known(newest, null);
        }
        at.next();
        Version base = at.isValid() && Keys.isSameId(at.key(), key)
                ? Version.decode(at.value())
                : Version.GONE;
        return new Known(base, newest);
    }

    /** What these ids are at a commit, in their order; {@link Version#GONE} for what is not there. */
    List<Version> at(UUID collection, long number, List<byte[]> ids) {
        List<Version> versions = new ArrayList<>(ids.size());
        try (RocksIterator at = db.iterator(Family.TREES)) {
            for (byte[] id : ids) {
                byte[] key = Keys.tree(collection, id, number);
                at.seek(key);
                versions.add(at.isValid() && Keys.isSameId(at.key(), key)
                        ? Version.decode(at.value())
                        : Version.GONE);
            }
            Storage.check(at);
        }
        return versions;
    }

    /** What is there at a commit, in the order of ids, from behind this id on (null: from the first on). */
    List<Entry> page(UUID collection, long number, byte @Nullable [] afterId, int limit) {
        List<Entry> page = new ArrayList<>();
        try (RocksIterator at = db.iterator(Family.TREES)) {
            if (afterId == null) {
                at.seek(Keys.collection(collection));
            } else {
                // Commit 0 has no versions: behind the last one of the id.
                at.seek(Keys.tree(collection, afterId, 0));
            }
            while (page.size() < limit && at.isValid() && Keys.isOf(at.key(), collection)) {
                byte[] key = at.key();
                if (Keys.numberOfTree(key) > number) {
                    toNumber(at, key, collection, number);
                    continue;
                }
                Version version = Version.decode(at.value());
                byte[] id = Keys.idOfTree(key);
                if (version.isThere()) {
                    page.add(new Entry(id, version));
                }
                toNextId(at, key, collection, id);
            }
            Storage.check(at);
        }
        return page;
    }

    /** To the first version of this id that is not newer, or to the next id. */
    private static void toNumber(RocksIterator at, byte[] key, UUID collection, long number) {
        at.next();
        if (at.isValid() && Keys.isSameId(at.key(), key) && Keys.numberOfTree(at.key()) > number) {
            at.seek(Keys.tree(collection, Keys.idOfTree(key), number));
        }
    }

    private static void toNextId(RocksIterator at, byte[] key, UUID collection, byte[] id) {
        for (int i = 0; i < STEPS_MAX; i++) {
            at.next();
            if (!at.isValid() || !Keys.isSameId(at.key(), key)) {
                return;
            }
        }
        at.seek(Keys.tree(collection, id, 0));
    }
}
