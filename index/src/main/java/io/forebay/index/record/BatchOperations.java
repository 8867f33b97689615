package io.forebay.index.record;

import io.forebay.model.ForebayException;
import io.forebay.model.MetadataCodec;
import io.forebay.model.RecordBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What add, upsert, update and delete do to records, one operation after the other in the order of the batch.
 *
 * <p>Not thread-safe; owned by one {@link Applier}.
 */
final class BatchOperations {
    private final Database db;
    private final int collection;
    private final Changes changes;
    private final Lookup lookup;
    private final IdFilter filter;
    private final SeenKeys seen;

    BatchOperations(Database db, int collection, Changes changes, Lookup lookup, IdFilter filter,
            SeenKeys seen) {
        this.db = db;
        this.collection = collection;
        this.changes = changes;
        this.lookup = lookup;
        this.filter = filter;
        this.seen = seen;
    }

    void apply(RecordBatch batch, int i, PendingRecord record) {
        switch (batch.operation()) {
            case ADD -> {
                if (!record.exists) {
                    insert(batch, i, record);
                }
            }
            case UPSERT -> {
                if (record.exists) {
                    update(batch, i, record);
                } else {
                    insert(batch, i, record);
                }
            }
            case UPDATE -> {
                if (record.exists) {
                    update(batch, i, record);
                }
            }
            case DELETE -> {
                if (record.exists) {
                    delete(record);
                }
            }
        }
    }

    private void insert(RecordBatch batch, int i, PendingRecord record) {
        if (!batch.hasEmbedding(i)) {
            throw ForebayException.invalid("record " + i + " of the batch is new and has no embedding");
        }
        if (changes.nextRow == Integer.MAX_VALUE) {
            throw new IllegalStateException("the collection has used all of its rows; it must be rebuilt");
        }
        changes.touch(record);
        byte[] metadata = batch.metadataBytes(i);
        byte[] document = batch.documentBytes(i);
        record.exists = true;
        record.isLoaded = true;
        record.row = changes.nextRow++;
        record.ordinal = changes.append(batch.embeddingIndex(i), record.row);
        record.metadata = metadata == null ? null : MetadataBytes.canonical(metadata);
        record.uri = batch.uriBytes(i);
        record.hasDocument = document != null;
        changes.live++;
        filter.add(record.hash);
        changes.sink.putId(db.idsId, collection, record.id, record.row);
        changes.postings.metadata(null, record.metadata, record.row);
        put(record, document, true);
    }

    private void update(RecordBatch batch, int i, PendingRecord record) {
        byte[] change = batch.metadataBytes(i);
        byte[] document = batch.documentBytes(i);
        byte[] uri = batch.uriBytes(i);
        if (!record.isLoaded) {
            lookup.load(record);
        }
        changes.touch(record);
        boolean isChanged = false;
        if (batch.hasEmbedding(i)) {
            changes.kill(record.ordinal);
            record.ordinal = changes.append(batch.embeddingIndex(i), record.row);
            isChanged = true;
        }
        if (change != null) {
            byte[] merged = MetadataCodec.merge(record.metadata, change);
            if (!Arrays.equals(merged, record.metadata)) {
                isChanged = true;
                changes.postings.metadata(record.metadata, merged, record.row);
                record.metadata = merged;
            }
        }
        if (uri != null) {
            record.uri = uri;
            isChanged = true;
        }
        if (document != null) {
            changes.postings.document(document, record.row);
            isChanged |= !record.hasDocument;
            record.hasDocument = true;
        }
        put(record, document, isChanged);
    }

    private void delete(PendingRecord record) {
        if (!record.isLoaded) {
            lookup.load(record);
        }
        changes.touch(record);
        changes.kill(record.ordinal);
        changes.postings.dead(record.row);
        changes.live--;
        changes.sink.deleteId(db.idsId, collection, record.id);
        changes.sink.deleteRow(db.recordsId, collection, record.row);
        if (record.hasDocument) {
            changes.sink.deleteRow(db.documentsId, collection, record.row);
        }
        record.exists = false;
        record.isLoaded = false;
        record.uri = null;
        record.metadata = null;
    }

    private void put(PendingRecord record, byte @Nullable [] document, boolean isChanged) {
        if (isChanged) {
            if (record.metadata != null) {
                seen.observe(record.metadata, changes.sink);
            }
            changes.sink.putRecord(db.recordsId, collection, record.row, record.ordinal, record.id,
                    record.hasDocument, record.uri, record.metadata);
        }
        if (document != null) {
            changes.sink.putRow(db.documentsId, collection, record.row, document);
        }
    }
}
