package io.forebay.bench.load;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Batches to load. The first pass over the dataset is the dataset; each further pass gives new ids ({@code
 * id~pass}) and moves every embedding a tenth of the way towards another one of the dataset, a different one
 * each pass: new points of the same distribution instead of exact copies, which no graph and no real load
 * would see.
 *
 * <p>Threads: any number may call {@link #next}; each gets batches of its own.
 */
public final class BatchSource {
    private static final float TOWARDS_OTHER = 0.1f;
    /** Prime to every dataset that is not a multiple of it, so that each pass meets other partners. */
    private static final long PARTNER_STEP = 7919;

    private final BenchData data;
    private final Payload payload;
    private final int batchRecords;
    private final long records;
    private final int dimension;
    private final AtomicLong next = new AtomicLong();
    private final Queue<RecordBatch> made = new ConcurrentLinkedQueue<>();

    public BatchSource(BenchData data, Payload payload, int batchRecords, long records) {
        this(data, payload, batchRecords, records, data.dataset().dimension());
    }

    /** @param dimension embeddings are cut to it, or repeated up to it */
    public BatchSource(BenchData data, Payload payload, int batchRecords, long records, int dimension) {
        if (batchRecords < 1 || records < 1) {
            throw new IllegalArgumentException(records + " records in batches of " + batchRecords);
        }
        this.data = data;
        this.payload = payload;
        this.batchRecords = batchRecords;
        this.records = records;
        this.dimension = dimension;
    }

    public long records() {
        return records;
    }

    /** Leaves out what comes before this record: for a load that goes on where another one ended. */
    public BatchSource startingAt(long record) {
        next.set(record);
        return this;
    }

    /**
     * Makes batches ahead, up to so many bytes, so that making them (reading, moving embeddings, which no real loader does)
     * takes no time from the load that is measured.
     */
    public BatchSource makeAhead(long bytesMax) {
        long bytes = 0;
        while (bytes < bytesMax) {
            RecordBatch batch = make();
            if (batch == null) {
                break;
            }
            made.add(batch);
            bytes += batch.encodedBytes();
        }
        return this;
    }

    /** Null at the end. */
    public @Nullable RecordBatch next() {
        RecordBatch ready = made.poll();
        return ready == null ? make() : ready;
    }

    private @Nullable RecordBatch make() {
        long first = next.getAndAdd(batchRecords);
        if (first >= records) {
            return null;
        }
        long end = Math.min(records, first + batchRecords);
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (long number = first; number < end; number++) {
            add(batch, number);
        }
        return batch.build();
    }

    /** The embedding of a record by its number, over all passes. */
    public static float[] embedding(BenchData data, long number) {
        long pass = number / data.size();
        float[] own = data.row((int) (number % data.size())).embedding();
        if (pass == 0) {
            return own;
        }
        float[] other = data.row((int) ((number + pass * PARTNER_STEP) % data.size())).embedding();
        float[] moved = new float[own.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = own[i] + TOWARDS_OTHER * (other[i] - own[i]);
        }
        return moved;
    }

    private void add(RecordBatchBuilder batch, long number) {
        long pass = number / data.size();
        BenchData.Row row = data.row((int) (number % data.size()));
        String id = pass == 0 ? row.id() : row.id() + "~" + pass;
        float[] embedding = fitted(embedding(data, number));
        if (payload == Payload.VECTORS) {
            batch.record(id, embedding);
        } else {
            batch.record(id, embedding, row.document(), row.metadata(), null);
        }
    }

    private float[] fitted(float[] embedding) {
        if (embedding.length == dimension) {
            return embedding;
        }
        float[] fitted = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            fitted[i] = embedding[i % embedding.length];
        }
        return fitted;
    }
}
