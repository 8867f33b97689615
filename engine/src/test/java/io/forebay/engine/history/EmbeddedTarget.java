package io.forebay.engine.history;

import io.forebay.engine.Forebay;
import io.forebay.engine.WriteOptions;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A collection of a store in this process. */
public final class EmbeddedTarget implements Target {
    private final Forebay store;
    private final UUID id;
    private final WriteOptions options;

    /** @param durability null for the collection's own */
    public EmbeddedTarget(Forebay store, UUID id, @Nullable Durability durability) {
        this.store = store;
        this.id = id;
        this.options = new WriteOptions(durability);
    }

    @Override
    public Acked write(RecordBatch batch) {
        return acked(store.write(id, batch, options).join());
    }

    @Override
    public Acked delete(List<String> ids) {
        return acked(store.delete(id, new DeleteRequest(ids, null, null), options).join());
    }

    private static Acked acked(WriteAck ack) {
        return new Acked(ack.maxSeqId(), ack.records());
    }

    @Override
    public List<StoredRecord> get(GetRequest request, ReadOptions read) {
        return store.get(id, request, read).join();
    }

    @Override
    public long count(@Nullable List<String> ids, @Nullable Where where, ReadOptions read) {
        return ids == null && where == null
                ? store.count(id, read).join()
                : store.count(id, ids, where, read).join();
    }

    @Override
    public List<Hit> query(QueryRequest request, ReadOptions read) {
        return store.query(id, request, read).join().get(0);
    }
}
