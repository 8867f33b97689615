package io.forebay.client.dataset;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads documents and their embeddings together, as batches: row i belongs to line i.
 *
 * <p>Threads: {@link #next} may be called by many; each gets whole batches of its own.
 */
public final class BatchReader implements AutoCloseable {
    private final DocumentReader documents;
    private final NpyReader embeddings;
    private final Operation operation;
    private final int batchRecords;
    private final long recordsMax;
    private long records;

    BatchReader(DocumentReader documents, NpyReader embeddings, Operation operation, int batchRecords,
            long recordsMax) {
        if (batchRecords < 1) {
            throw new IllegalArgumentException("batchRecords is " + batchRecords + ", must be at least 1");
        }
        this.documents = documents;
        this.embeddings = embeddings;
        this.operation = operation;
        this.batchRecords = batchRecords;
        this.recordsMax = Math.min(recordsMax, embeddings.rows());
    }

    /** The next batch, or null at the end. */
    public synchronized @Nullable RecordBatch next() throws IOException {
        if (records == recordsMax) {
            checkEnd();
            return null;
        }
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        float[] embedding = new float[embeddings.columns()];
        while (batch.size() < batchRecords && records < recordsMax) {
            Document document = documents.next();
            if (document == null) {
                throw new DatasetException(documents.file() + " ends after " + records + " documents, "
                        + embeddings.file() + " has " + embeddings.rows() + " rows");
            }
            embeddings.next(embedding);
            batch.record(document.id(), embedding, document.text(), document.metadata(), null);
            records++;
        }
        return batch.build();
    }

    private void checkEnd() throws IOException {
        if (records == embeddings.rows() && documents.next() != null) {
            throw new DatasetException(
                    documents.file() + " has more lines than " + embeddings.file() + " has rows ("
                            + embeddings.rows() + ")");
        }
    }

    @Override
    public void close() throws IOException {
        documents.close();
        embeddings.close();
    }
}
