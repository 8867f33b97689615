package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;

/**
 * The {@link PostingState} of each collection that was written to since the store was opened.
 *
 * <p>Threads: any; of one collection only its applier or upkeep changes it.
 */
final class PostingStates {
    private final Database db;
    private final ConcurrentHashMap<Integer, PostingState> states = new ConcurrentHashMap<>();

    PostingStates(Database db) {
        this.db = db;
    }

    /** The newest one. */
    PostingState of(int collection, CollectionState state) {
        PostingState known = states.get(collection);
        if (known != null) {
            return known;
        }
        PostingState read = read(db, db.reads, collection, state);
        PostingState meanwhile = states.putIfAbsent(collection, read);
        return meanwhile == null ? read : meanwhile;
    }

    void committed(int collection, PostingState state) {
        states.put(collection, state);
    }

    void forget(int collection) {
        states.remove(collection);
    }

    /** As these reads see it. */
    static PostingState read(Database db, ReadOptions reads, int collection, CollectionState state) {
        Terms key = new Terms(collection);
        key.state();
        try {
            byte[] value = db.rocks.get(db.postings, reads, key.toByteArray());
            if (value != null) {
                return PostingState.decode(value);
            }
            return state.nextRow() == 0 ? PostingState.NEW : PostingState.withoutPostings(state.nextRow());
        } catch (RocksDBException e) {
            throw Database.failed("read the state of postings", e);
        }
    }
}
