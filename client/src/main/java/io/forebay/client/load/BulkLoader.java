package io.forebay.client.load;

import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loads many records into one collection, as fast as the server takes them.
 *
 * <pre>{@code
 * try (var client = ForebayClient.builder(uri).backoffAttemptsMax(0).retries(0).build()) {
 *     var docs = client.getOrCreateCollection("docs", CollectionConfig.of(Space.COSINE));
 *     try (var loader = BulkLoader.builder(client, docs)
 *             .errorsMax(100).onError(error -> log(error))
 *             .onProgress(Duration.ofSeconds(1), progress -> show(progress))
 *             .build()) {
 *         while (source.hasNext()) {
 *             loader.add(source.id(), source.embedding(), source.text(), source.metadata(), null);
 *         }
 *         loader.flush(FlushPosition.LINKED);      // only if you want to wait for the index
 *     }
 * }
 * }</pre>
 *
 * <p>It makes batches, sends several at once, and finds by itself how large and how many ({@link LoadProgress} says what
 * it found). A client with {@code backoffAttemptsMax(0)} lets it see at once when the server says 429; then it sends
 * less. With {@code retries(0)} all further attempts are the loader's own. Each batch has an idempotency key, so
 * nothing is done twice however often it must be sent. Records of one id are sent one after the other, in the
 * order of the source; other batches overtake each other.
 *
 * <p>Bad records: a batch that the server refuses for what is in it is halved until the bad records are found; they are
 * reported, the rest is loaded, and beyond {@link BulkLoaderBuilder#errorsMax} the load ends.
 *
 * <p>With a {@link BulkLoaderBuilder#checkpoint} a load can go on after it was killed, or its server: give the same
 * source again from its beginning, or from {@link #resumeFrom}, each record at its place. What is done is passed over,
 * and what may or may not have been done is sent again in the same batches with the same keys. Where several threads
 * add, give each record its place with {@link #addAt}; {@link #add} counts, which is the same every time only from one
 * thread. When the source has ended, call {@link #finish}. A server remembers keys for a day
 * ({@code ingest.idempotency_window}): who goes on later may do the last batches once more, which changes nothing with
 * add, and with upsert writes over what others wrote since.
 *
 * <p>Memory: {@code add} blocks while more than {@link BulkLoaderBuilder#bytesMax} of records are buffered or in flight.
 * What is in flight exists once more as a request, so a load takes up to about three times as much.
 *
 * <p>Threads: any number may add. Callbacks come on threads of the loader; see {@link BulkLoaderBuilder}.
 *
 * <p>Failure: what the load cannot survive (no permission, the collection gone, a server away for longer than the
 * patience) is thrown as a {@link ForebayException} by whatever is called next, {@link #close} included.
 */
public final class BulkLoader implements AutoCloseable {
    private static final int PLAN_AHEAD = 8;
    private static final long TICK_MILLIS = 50;
    private static final long KEEP_MILLIS = 1_000;
    private static final long LAND_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final CollectionClient collection;
    private final LoadThreads threads;
    private final Flow flow;
    private final ErrorReports errors;
    private final @Nullable CheckpointKeeper keeper;
    private final ProgressTeller teller;
    private final long resumeFrom;
    private final long resumed;
    private boolean ended;

    BulkLoader(ForebayClient client, CollectionClient collection, LoadSettings settings) throws IOException {
        this.collection = collection;
        threads = new LoadThreads();
        errors = new ErrorReports(settings.onError);
        Sending sending = new Sending(collection, settings, threads, errors);
        try {
            keeper = settings.checkpoint == null
                    ? null
                    : CheckpointKeeper.open(settings.checkpoint, settings, collection.id(), threads);
            LoadCheckpoint earlier = earlier(settings);
            LoadCounts counts = new LoadCounts();
            counts.acked = earlier == null ? 0 : earlier.acked();
            counts.refused = earlier == null ? 0 : earlier.refused();
            List<PositionRange> done = earlier == null ? List.of() : earlier.done();
            resumeFrom = earlier == null ? settings.first : earlier.contiguous();
            resumed = done.stream().mapToLong(range -> range.to() - range.from()).sum();
            BatchPlan plan = new BatchPlan(keeper == null ? 1 : PLAN_AHEAD, done,
                    earlier == null ? List.of() : earlier.planned(), counts.refused);
            flow = new Flow(settings, plan, counts, sending::send, keeper == null ? null : keeper::request);
        } catch (IOException | RuntimeException e) {
            threads.close();
            throw e;
        }
        sending.connect(flow);
        if (keeper != null) {
            keeper.connect(flow);
            threads.timer.scheduleWithFixedDelay(keeper::request, KEEP_MILLIS, KEEP_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
        threads.timer.scheduleWithFixedDelay(flow::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        teller = new ProgressTeller(client, collection.id(), flow, settings, resumed);
        if (settings.onProgress != null) {
            long millis = settings.progressInterval.toMillis();
            threads.progress.scheduleAtFixedRate(teller::tell, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    private @Nullable LoadCheckpoint earlier(LoadSettings settings) throws IOException {
        if (keeper == null) {
            return null;
        }
        try {
            LoadCheckpoint earlier = keeper.earlier();
            if (earlier != null) {
                settings.loader = earlier.loader();
            }
            return earlier;
        } catch (IOException | RuntimeException e) {
            keeper.release();
            throw e;
        }
    }

    public static BulkLoaderBuilder builder(ForebayClient client, CollectionClient collection) {
        return new BulkLoaderBuilder(client, collection);
    }

    /** Everything before this position is done already: the source may begin here. */
    public long resumeFrom() {
        return resumeFrom;
    }

    /** How many positions were done already when this loader was made. */
    public long resumed() {
        return resumed;
    }

    /** Whether the record at this position is done already, so that it need not be read. */
    public boolean isDone(long position) {
        return flow.isDone(position);
    }

    /** Adds the next record; waits while there is no room. */
    public void add(String id, float @Nullable [] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
        flow.add(-1, id, embedding == null ? null : embedding.clone(), document, metadata, uri, true);
    }

    /** Adds the record with this place in the source, in any order, each place once; waits while there is no room. */
    public void addAt(long position, String id, float @Nullable [] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
        checkPosition(position);
        flow.add(position, id, embedding == null ? null : embedding.clone(), document, metadata, uri, true);
    }

    /** Adds the next record if there is room now; false if there is not. */
    public boolean offer(String id, float @Nullable [] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
        return flow.add(-1, id, embedding == null ? null : embedding.clone(), document, metadata, uri, false);
    }

    /** Adds each record of the batch; it need not stay together. */
    public void addBatch(RecordBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            float[] embedding = batch.hasEmbedding(i) ? new float[batch.dimension()] : null;
            if (embedding != null) {
                batch.copyEmbedding(i, embedding);
            }
            flow.add(-1, batch.id(i), embedding, batch.document(i), batch.metadata(i), batch.uri(i), true);
        }
    }

    /** The place in the source has no record to load. */
    public void leaveOut(long position) {
        checkPosition(position);
        flow.leaveOut(position, false);
    }

    /** The record at this place cannot be loaded, as whoever reads the source found: it counts as a bad record. */
    public void refuseAt(long position, @Nullable String id, String reason) {
        checkPosition(position);
        if (flow.isDone(position)) {
            flow.leaveOut(position, true); // told in an earlier life
            return;
        }
        errors.report(new RecordError(position, id, ErrorCode.INVALID_ARGUMENT, reason));
        flow.leaveOut(position, true);
        flow.countRefused(ForebayException.invalid(reason));
    }

    private static void checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position);
        }
    }

    /**
     * Waits until everything added before is acknowledged or reported as bad. After a resume it does not wait for records
     * whose batch of an earlier life is not whole yet.
     */
    public void flush() {
        await(flow.drain(false));
    }

    /** The same, and until the server has brought it as far as this. */
    public void flush(FlushPosition position) {
        flush();
        collection.flush(position);
    }

    /** The source has ended: sends all that is left, and waits until it is acknowledged or reported as bad. */
    public void finish() {
        await(flow.drain(true));
        if (keeper != null) {
            keeper.complete();
        }
    }

    private void await(CompletableFuture<Void> done) {
        try {
            done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "interrupted while waiting for the server", e);
        } catch (ExecutionException | CompletionException e) {
            checkFailure();
            throw new ForebayException(ErrorCode.INTERNAL, "the load failed: " + e.getCause(), e);
        }
        checkFailure();
    }

    private void checkFailure() {
        ForebayException failure = flow.failure();
        if (failure != null) {
            throw failure.again();
        }
    }

    /** How far it is, as far as known without asking the server. */
    public LoadProgress progress() {
        return teller.now();
    }

    /** Asks the server how far applying and linking are; see {@link #progress}. */
    public CompletableFuture<LoadProgress> progressAsync() {
        return teller.ask().thenApply(asked -> teller.now());
    }

    /** Ends without sending what is still buffered: waits for what is in flight, and writes the checkpoint. */
    public void stop() {
        end();
    }

    /** Sends what was added, as {@link #flush}, unless the load has failed or was stopped, and ends. */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        try {
            if (!flow.isStopping()) {
                flush();
            }
        } finally {
            end();
        }
        checkFailure();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        flow.stop(LAND_NANOS_MAX);
        threads.close();
        if (keeper != null) {
            try {
                keeper.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the checkpoint", e);
            }
        }
    }
}
