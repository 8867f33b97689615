package io.forebay.index.record;

import io.forebay.model.MetadataType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Which metadata keys the records of one collection ever had, and values of which types: what Chroma's schema tells of a
 * collection. A key or type stays when the last record that had it goes.
 *
 * <p>Bounded: of more than {@link #KEYS_MAX} keys the first are known; a key longer than {@link #KEY_BYTES_MAX} is not.
 *
 * <p>Threads: {@link #observe}, {@link #keep} and {@link #takeBack} by the collection's one applier; {@link #published} by
 * any thread, which sees what was committed.
 *
 * <p>Invariants: a row is written with the batch in which the key was seen first, so the rows in RocksDB are exactly what
 * the applied records had; seeing a key again, also after a restart, writes nothing.
 *
 * <p>Format, in the column family {@code positions}, behind the collection's own row:
 * <pre>
 *   key     collection:4 | key:utf8, at least one byte
 *   value   version:1 = 1 | types:1, bit i is the type with ordinal i of {@link MetadataType}
 * </pre>
 */
final class SeenKeys {
    static final int KEYS_MAX = 1024;
    static final int KEY_BYTES_MAX = 1024;
    private static final byte VERSION = 1;
    /** Chroma's own keys, which no answer shows. */
    private static final byte[] HIDDEN = "chroma:".getBytes(StandardCharsets.UTF_8);

    private static final class Entry {
        private final byte[] key;
        private final int hash;
        private int types;

        Entry(byte[] key, int hash) {
            this.key = key;
            this.hash = hash;
        }
    }

    /** How an entry was before it was changed. */
    private record Step(Entry entry, int types) {}

    private final int collection;
    private final int family;
    /** Open addressing; at most half full. */
    private @Nullable Entry[] table = new Entry[16];
    private int size;
    /** Of these, those with a type. */
    private int known;
    private final List<Step> steps = new ArrayList<>();
    private volatile Map<String, Integer> published = Map.of();

    /** Reads the rows of what was seen before. */
    SeenKeys(Database db, int collection) {
        this.collection = collection;
        this.family = db.positionsId;
        load(db);
        publish();
    }

    /** Types of each key, as a mask of {@link MetadataType#bit}, ordered by key; immutable. */
    Map<String, Integer> published() {
        return published;
    }

    /** Looks at metadata as it will be stored; rows of what is new go to the sink. */
    void observe(byte[] canonical, BatchSink sink) {
        int count = Varint.read(canonical, 0);
        int at = Varint.length(count);
        for (int i = 0; i < count; i++) {
            int length = Varint.read(canonical, at);
            int keyAt = at + Varint.length(length);
            int tagAt = keyAt + length;
            MetadataType type = MetadataType.ofTag(canonical[tagAt]);
            Entry entry = entry(canonical, keyAt, length);
            if (entry != null && type != null && (entry.types & type.bit()) == 0) {
                steps.add(new Step(entry, entry.types));
                known += entry.types == 0 ? 1 : 0;
                entry.types |= type.bit();
                sink.put(family, row(entry.key), new byte[]{VERSION, (byte) entry.types});
            }
            at = MetadataBytes.skip(canonical, tagAt);
        }
    }

    /** How many changes were made since the last commit; for {@link #takeBack}. */
    int mark() {
        return steps.size();
    }

    /** Everything observed since the mark was not. */
    void takeBack(int mark) {
        while (steps.size() > mark) {
            Step step = steps.removeLast();
            step.entry.types = step.types;
            known -= step.types == 0 ? 1 : 0;
        }
    }

    /** The rows were written. */
    void keep() {
        if (!steps.isEmpty()) {
            steps.clear();
            publish();
        }
    }

    private @Nullable Entry entry(byte[] source, int from, int length) {
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + source[i];
        }
        hash ^= hash >>> 15;
        int slot = hash & table.length - 1;
        for (Entry found = table[slot]; found != null; found = table[slot]) {
            if (found.hash == hash && found.key.length == length
                    && Arrays.equals(found.key, 0, length, source, from, from + length)) {
                return found;
            }
            slot = slot + 1 & table.length - 1;
        }
        return isWorthKnowing(source, from, length)
                ? insert(new Entry(Arrays.copyOfRange(source, from, from + length), hash))
                : null;
    }

    private boolean isWorthKnowing(byte[] source, int from, int length) {
        boolean hidden = length >= HIDDEN.length
                && Arrays.equals(HIDDEN, 0, HIDDEN.length, source, from, from + HIDDEN.length);
        // Entries of batches that were taken back stay, without a type; so many that they cost are not let in either.
        return known < KEYS_MAX && size < 4 * KEYS_MAX && length > 0 && length <= KEY_BYTES_MAX && !hidden;
    }

    private Entry insert(Entry added) {
        if (2 * size >= table.length) {
            @Nullable
            Entry[] old = table;
            table = new Entry[2 * old.length];
            for (Entry entry : old) {
                if (entry != null) {
                    place(entry);
                }
            }
        }
        place(added);
        size++;
        return added;
    }

    private void place(Entry entry) {
        int slot = entry.hash & table.length - 1;
        while (table[slot] != null) {
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = entry;
    }

    private void publish() {
        Map<String, Integer> all = new TreeMap<>();
        for (Entry entry : table) {
            if (entry != null && entry.types != 0) {
                all.put(new String(entry.key, StandardCharsets.UTF_8), entry.types);
            }
        }
        published = Collections.unmodifiableMap(all);
    }

    private byte[] row(byte[] key) {
        byte[] row = Arrays.copyOf(Keys.collection(collection), Keys.PREFIX_BYTES + key.length);
        System.arraycopy(key, 0, row, Keys.PREFIX_BYTES, key.length);
        return row;
    }

    private void load(Database db) {
        try (Slice end = new Slice(Keys.afterCollection(collection));
                ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                RocksIterator at = db.rocks.newIterator(db.positions, options)) {
            for (at.seek(Keys.collection(collection)); at.isValid(); at.next()) {
                byte[] key = at.key();
                if (key.length > Keys.PREFIX_BYTES) {
                    take(key, at.value());
                }
            }
            at.status();
        } catch (RocksDBException e) {
            throw Database.failed("read the metadata keys of a collection", e);
        }
    }

    private void take(byte[] key, byte[] value) {
        if (value.length != 2 || value[0] != VERSION) {
            throw new RecordStoreException("the row of a metadata key has " + value.length
                    + " bytes and version " + (value.length == 0 ? "none" : value[0]) + "; expected 2 and "
                    + VERSION);
        }
        Entry entry = entry(key, Keys.PREFIX_BYTES, key.length - Keys.PREFIX_BYTES);
        if (entry != null) {
            entry.types = value[1];
            known++;
        }
    }
}
