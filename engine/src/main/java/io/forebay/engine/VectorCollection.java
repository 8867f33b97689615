package io.forebay.engine;

import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One collection of an embedded store, for those who do not want to pass its id around. A thin, thread-safe handle: it
 * holds nothing and needs no closing.
 */
public final class VectorCollection {
    private final Forebay forebay;
    private final UUID id;

    VectorCollection(Forebay forebay, UUID id) {
        this.forebay = forebay;
        this.id = id;
    }

    public UUID id() {
        return id;
    }

    public CollectionInfo info() {
        return forebay.collection(id);
    }

    public CompletableFuture<WriteAck> write(RecordBatch batch) {
        return forebay.write(id, batch, WriteOptions.DEFAULT);
    }

    public CompletableFuture<WriteAck> write(RecordBatch batch, WriteOptions options) {
        return forebay.write(id, batch, options);
    }

    public CompletableFuture<WriteAck> delete(DeleteRequest request, WriteOptions options) {
        return forebay.delete(id, request, options);
    }

    public CompletableFuture<WriteAck> delete(DeleteRequest request) {
        return forebay.delete(id, request, WriteOptions.DEFAULT);
    }

    public CompletableFuture<Integer> count() {
        return forebay.count(id, ReadOptions.DEFAULT);
    }

    public CompletableFuture<List<StoredRecord>> get(GetRequest request) {
        return forebay.get(id, request, ReadOptions.DEFAULT);
    }

    /** One list of hits for each embedding of the request, nearest first. */
    public CompletableFuture<List<List<Hit>>> query(QueryRequest request) {
        return forebay.query(id, request, ReadOptions.DEFAULT);
    }

    public CompletableFuture<Void> flush(Position position) {
        return forebay.flush(id, position);
    }

    public CollectionStatus status() {
        return forebay.status(id);
    }
}
