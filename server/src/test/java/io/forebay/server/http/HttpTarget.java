package io.forebay.server.http;

import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.Written;
import io.forebay.engine.history.Target;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.MetadataValue;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.util.List;

/** A collection of a server. */
public final class HttpTarget implements Target {
    private final CollectionClient collection;

    public HttpTarget(CollectionClient collection) {
        this.collection = collection;
    }

    @Override
    public Acked write(RecordBatch batch) {
        return acked(collection.write(batch));
    }

    @Override
    public Acked delete(List<String> ids) {
        return acked(collection.delete(new DeleteRequest(ids, null, null)));
    }

    public static Acked acked(Written written) {
        return new Acked(written.maxSeqId(), written.records());
    }

    @Override
    public List<StoredRecord> get(GetRequest request, ReadOptions read) {
        return collection.get(request, Filter.NONE, read);
    }

    @Override
    public long count(List<String> ids, Where where, ReadOptions read) {
        return count(collection, ids, where, read);
    }

    public static long count(CollectionClient collection, List<String> ids, Where where, ReadOptions read) {
        if (ids == null && where == null) {
            return collection.count(read);
        }
        Filter filter = where instanceof Where.Compare equal
                ? Filter.where(
                        "{\"" + equal.key() + "\":" + ((MetadataValue.Int) equal.operand()).value() + "}")
                : Filter.NONE;
        return collection.countMatching(ids, filter, read);
    }

    @Override
    public List<Hit> query(QueryRequest request, ReadOptions read) {
        return collection.query(request, Filter.NONE, read).get(0);
    }
}
