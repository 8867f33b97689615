package io.forebay.bench.query;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchThreads;
import io.forebay.model.RecordBatch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes batches at a stated rate beside a measurement, until it is closed. One after the other, so what is acked at any moment is
 * known: the first so many records. When it is late it hurries.
 *
 * <p>Threads: {@code beside} writes; {@link #acked} is for any.
 */
final class PacedWriter {
    private final Store store;
    private final BatchSource source;
    private final double batchesPerSecond;
    private final long start = System.nanoTime();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Future<Long> writing;
    private volatile long acked;

    private PacedWriter(Store store, BatchSource source, double batchesPerSecond, long acked) {
        this.store = store;
        this.source = source;
        this.batchesPerSecond = batchesPerSecond;
        this.acked = acked;
        this.writing = BenchThreads.beside(this::write);
    }

    /** @param acked records that are in the collection already */
    static PacedWriter start(Store store, BatchSource source, double batchesPerSecond, long acked) {
        return new PacedWriter(store, source, batchesPerSecond, acked);
    }

    private Long write() throws InterruptedException {
        long before = acked;
        long written = 0;
        for (long n = 0;; n++) {
            long left = start + (long) (n / batchesPerSecond * 1e9) - System.nanoTime();
            if (over.await(Math.max(0, left), TimeUnit.NANOSECONDS)) {
                return written;
            }
            RecordBatch batch = source.next();
            if (batch == null) {
                throw new IllegalStateException("there are no more records to write");
            }
            store.write(batch);
            written += batch.size();
            acked = before + written;
        }
    }

    /** Records whose write was answered, those among them that were there before. */
    long acked() {
        return acked;
    }

    /** Ends it and answers its rate in records/s. */
    double stop() throws Exception {
        over.countDown();
        try {
            return writing.get() / ((System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
