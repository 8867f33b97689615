package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.RowState;
import io.forebay.etl.format.DocumentSource;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.LiveJob;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * The documents of one job through its stages. A reader cuts the source into chunks; workers transform them, find out which
 * rows are settled, and get vectors for the others; this thread takes the chunks in their order and loads them. Between
 * reader and loader are at most {@code chunksAtOnceMax} chunks, so whichever stage is slowest sets the pace.
 *
 * <p>Behind each chunk stands one write of the import database with the rows that changed, the errors and the checkpoint.
 * Before it, the extent of what is about to be written is noted, so that after a kill the same writes are made under the
 * same keys, which the engine then knows.
 *
 * <p>Failure: what one stage throws ends the others and the run.
 */
final class LoadRun {
    private static final long LOOK_MILLIS = 200;
    /** Of documents as they are in the file; as objects they take a few times as much. */
    private static final long BYTES_UNDER_WAY_MAX = 64 << 20;

    private final JobContext context;
    private final LiveJob job;
    private final CommitDraft draft;
    private final Transformer transformer;
    private final @Nullable EmbedStage embedding;
    private final Loader loader;
    private final ExecutorService preparing;
    private final ChunkSizer sizer;
    private final String fileType;
    private final BlockingQueue<Future<@Nullable Chunk>> handedOn;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private volatile boolean ending;
    /** Of the collection's vectors; 0 while it has none. */
    private int dimension;

    /** @param preparing where chunks are transformed and embedded: where they may wait, if a service is asked */
    LoadRun(JobContext context, LiveJob job, CommitDraft draft, Transformer transformer,
            @Nullable EmbedStage embedding, ExecutorService preparing, Loader loader, String fileType) {
        this.context = context;
        this.job = job;
        this.draft = draft;
        this.transformer = transformer;
        this.embedding = embedding;
        this.loader = loader;
        this.preparing = preparing;
        this.fileType = fileType;
        this.sizer = new ChunkSizer(context.options().extractChunkSize(), context.options().loadBatchSize());
        this.handedOn = new ArrayBlockingQueue<>(Math.max(1, context.options().chunksAtOnceMax()));
    }

    /** Opens the file at its first item that is not dealt with. */
    @FunctionalInterface
    interface Opening {
        DocumentSource at(long ordinal) throws IOException;
    }

    void run(Opening file, LongPredicate wanted)
            throws IOException, StoppedException, JobFailure, InterruptedException {
        JobStatus from = job.status();
        Future<@Nullable Void> reading = context.threads().readers().submit(() -> {
            try (ChunkReader reader = new ChunkReader(file.at(from.nextOrdinal), sizer, wanted,
                    () -> ending || job.stop.isStopped(), from.nextOrdinal, from.intendedOrdinal)) {
                read(reader);
            }
            return null;
        });
        try {
            loadAll(reading);
        } finally {
            ending = true;
            Future<@Nullable Chunk> left = handedOn.poll();
            while (left != null || !reading.isDone()) {
                if (left != null) {
                    left.cancel(true);
                }
                left = handedOn.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    // ---- the reader's thread ----

    private void read(ChunkReader reader) throws IOException, InterruptedException {
        while (!ending) {
            if (!awaitMemory()) {
                return;
            }
            Chunk chunk = reader.next();
            boolean last = chunk == null;
            Future<@Nullable Chunk> next = chunk == null
                    ? CompletableFuture.completedFuture(null)
                    : preparing.submit(() -> prepare(chunk));
            underWay.incrementAndGet();
            bytesUnderWay.addAndGet(chunk == null ? 0 : chunk.bytes);
            while (!handedOn.offer(next, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (ending) {
                    next.cancel(true);
                    return;
                }
            }
            if (last) {
                return;
            }
        }
    }

    /** False when the run ends. */
    private boolean awaitMemory() throws InterruptedException {
        MemoryGate.Advice advice = context.memory().advice(underWay.get());
        while (advice == MemoryGate.Advice.WAIT || bytesUnderWay.get() > BYTES_UNDER_WAY_MAX) {
            if (ending || job.stop.await(LOOK_MILLIS)) {
                return false;
            }
            advice = context.memory().advice(underWay.get());
        }
        if (advice == MemoryGate.Advice.SLOWLY) {
            return !job.stop.await(LOOK_MILLIS);
        }
        return true;
    }

    // ---- workers ----

    private Chunk prepare(Chunk chunk) throws StoppedException, InterruptedException {
        long start = System.nanoTime();
        int size = Math.max(1, context.options().transformBatchSize());
        for (int from = 0; from < chunk.items.size() && !ending; from += size) {
            transformer.transform(chunk, from, Math.min(chunk.items.size(), from + size));
        }
        chunk.items.clear();
        if (embedding != null) {
            List<Row> needy = needy(chunk.rows);
            if (!needy.isEmpty()) {
                embedding.embed(chunk, needy);
            }
        }
        chunk.prepareNanos = System.nanoTime() - start;
        return chunk;
    }

    /** Rows that need a vector and, as far as is known by now, will be written. */
    private List<Row> needy(List<Row> rows) {
        OnDuplicate onDuplicate = job.request.onDuplicate();
        Map<String, RowState> known;
        synchronized (draft) {
            known = draft.find(rows.stream().map(row -> row.id).distinct().toList());
        }
        return Loader.toWrite(onDuplicate, rows, known).stream().filter(row -> row.embedding == null)
                .toList();
    }

    // ---- this thread ----

    private void loadAll(Future<@Nullable Void> reading)
            throws IOException, StoppedException, JobFailure, InterruptedException {
        while (true) {
            Future<@Nullable Chunk> next = handedOn.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (job.stop.isStopped()) {
                throw new StoppedException();
            }
            if (next == null) {
                if (reading.isDone() && handedOn.isEmpty()) {
                    outcome(reading);
                    return;
                }
                continue;
            }
            Chunk chunk = awaited(next);
            if (chunk == null) {
                return;
            }
            long start = System.nanoTime();
            load(chunk);
            sizer.took((int) chunk.itemCount, Math.max(chunk.prepareNanos, System.nanoTime() - start));
            underWay.decrementAndGet();
            bytesUnderWay.addAndGet(-chunk.bytes);
        }
    }

    private @Nullable Chunk awaited(Future<@Nullable Chunk> next)
            throws IOException, StoppedException, InterruptedException {
        while (true) {
            try {
                return next.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (job.stop.isStopped()) {
                    next.cancel(true);
                    throw new StoppedException();
                }
            } catch (ExecutionException e) {
                throw thrown(e);
            }
        }
    }

    private static void outcome(Future<@Nullable Void> reading)
            throws IOException, StoppedException, InterruptedException {
        try {
            reading.get();
        } catch (ExecutionException e) {
            throw thrown(e);
        }
    }

    /** Throws what a stage threw. */
    private static RuntimeException thrown(ExecutionException e)
            throws IOException, StoppedException {
        switch (e.getCause()) {
            case IOException io -> throw io;
            case StoppedException stopped -> throw stopped;
            case ForebayException told -> throw told.again();
            case null, default -> throw new IllegalStateException(e.getCause());
        }
    }

    private void load(Chunk chunk) throws StoppedException, JobFailure, InterruptedException {
        job.update(s -> s.intendedOrdinal = chunk.nextOrdinal);
        Checkpoints.write(context, job, job.status());
        Loader.Written written = new Loader.Written();
        try {
            embedLate(chunk);
            checkDimension(chunk);
            loader.load(chunk, written);
        } catch (StoppedException | RuntimeException failure) {
            if (job.isCancelling() || !job.stop.isStopped()) {
                keep(written); // it will not go on from here
            }
            throw failure;
        }
        List<DocumentError> errors = errors(chunk);
        JobStatus next = job.status();
        long bytes = chunk.bytesRead - next.bytesProcessed;
        next.intendedOrdinal = 0;
        next.nextOrdinal = chunk.nextOrdinal;
        next.lastLine = Math.max(next.lastLine, chunk.lastLine);
        next.processed += chunk.itemCount;
        next.total = job.retryOf == null ? chunk.total : -1;
        next.bytesProcessed = chunk.bytesRead;
        next.batches++;
        next.skipped += written.skipped;
        next.failed += errors.size();
        next.embedded += chunk.embedded;
        next.fromCache += chunk.fromCache;
        checkpoint(next, written, errors);
        context.listener().loaded(written.inserted + written.updated, Math.max(0, bytes));
        context.listener().embedded(chunk.embedded, chunk.fromCache, chunk.embedNanos);
        if (!errors.isEmpty()) {
            context.listener().documentsFailed(fileType, errors.size());
        }
        if (!errors.isEmpty() && next.failed > context.options().errorsMax()) {
            throw new JobFailure("More than " + context.options().errorsMax()
                    + " documents failed (imports.max_errors); the last: " + errors.getLast().reason());
        }
    }

    /** What was written of a chunk that is not dealt with as a whole belongs to the commit as well. */
    private void keep(Loader.Written written) throws StoppedException {
        if (written.changes.isEmpty()) {
            return;
        }
        try {
            checkpoint(job.status(), written, List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What seemed settled, and is not behind what an earlier chunk wrote. */
    private void embedLate(Chunk chunk) throws StoppedException, InterruptedException {
        if (embedding != null) {
            List<Row> late = needy(chunk.rows).stream().filter(row -> row.error == null).toList();
            if (!late.isEmpty()) {
                embedding.embed(chunk, late);
            }
        }
    }

    /**
     * Vectors of another dimension than the collection's would be refused by the engine, each after others were written. A
     * model that does not fit fits no document.
     */
    private void checkDimension(Chunk chunk) throws JobFailure {
        for (Row row : chunk.rows) {
            float[] vector = row.embedding;
            if (vector == null || row.error != null) {
                continue;
            }
            dimension = dimension > 0 ? dimension : context.engine().status(draft.collection()).dimension();
            dimension = dimension > 0 ? dimension : vector.length;
            if (vector.length != dimension && embedding != null
                    && transformer.mapping().embeddingField() == null) {
                throw new JobFailure("The collection has vectors of dimension " + dimension
                        + ", the embedding model gives " + vector.length);
            }
            if (vector.length != dimension) {
                row.error = "its vector has " + vector.length + " components, those of the collection have "
                        + dimension;
            }
        }
    }

    private static List<DocumentError> errors(Chunk chunk) {
        List<DocumentError> errors = new ArrayList<>(chunk.errors);
        for (Row row : chunk.rows) {
            if (row.error != null) {
                errors.add(new DocumentError(row.ordinal, row.line, row.sheet, row.id, row.error));
            }
        }
        return errors;
    }

    private void checkpoint(JobStatus next, Loader.Written written, List<DocumentError> errors)
            throws StoppedException, InterruptedException {
        next.inserted += written.inserted;
        next.updated += written.updated;
        next.lastSeqId = Math.max(next.lastSeqId, written.logged.seqId());
        try (WriteBatch batch = new WriteBatch()) {
            synchronized (draft) {
                draft.put(batch, written.changes, written.logged.operations());
                errors.forEach(error -> context.store().put(batch, job.id, error));
                context.store().put(batch, job.id, next);
                Checkpoints.write(context, job, batch);
            }
        }
        job.written(next);
    }
}
