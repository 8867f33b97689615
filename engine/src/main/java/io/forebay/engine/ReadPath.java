package io.forebay.engine;

import io.forebay.index.record.RecordReader;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreException;
import io.forebay.index.record.RowMatches;
import io.forebay.index.vector.Neighbors;
import io.forebay.index.vector.SearchOptions;
import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorConfig;
import io.forebay.index.vector.VectorView;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPlan;
import io.forebay.model.ReadPosition;
import io.forebay.model.ReadTimes;
import io.forebay.model.ReadTimes.Stage;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Answers reads: wait for the position that the read level asks for, take one snapshot, answer from it.
 *
 * <p>Threads: any thread asks; the wait costs no thread; the work runs on {@code query-n}.
 *
 * <p>Invariants: record reader and vector view are taken together under the publishLock, so that an answer is a prefix
 * of the log: all of it up to one position and nothing above. That position is told; it never goes back.
 */
final class ReadPath {
    /** Both halves of one collection at one position. */
    record Snapshot(RecordReader records, @Nullable VectorView vectors) implements AutoCloseable {
        @Override
        public void close() {
            records.close();
        }
    }

    /** Of all queries of a request together. */
    static final int RESULTS_MAX = 1_000_000;
    /** Reading a record takes as long as looking at this many ordinals. */
    private static final int ORDINALS_PER_RECORD = 400;

    private final RecordStore records;
    private final VectorLoading loading;
    private final Executor queries;
    private final ForebayOptions options;
    private final EngineMetrics metrics;
    private final ReadWaits waits;
    private final LinkGovernor governor;

    ReadPath(RecordStore records, VectorLoading loading, Executor queries, ForebayOptions options,
            EngineMetrics metrics, ReadWaits waits, LinkGovernor governor) {
        this.waits = waits;
        this.governor = governor;
        this.records = records;
        this.loading = loading;
        this.queries = queries;
        this.options = options;
        this.metrics = metrics;
    }

    CompletableFuture<Integer> count(CollectionRuntime runtime, ReadOptions read) {
        return answer(runtime, read, "count", false, snapshot -> snapshot.records.count());
    }

    /** How many match; records are read only where the index leaves it open. */
    CompletableFuture<Long> count(CollectionRuntime runtime, @Nullable List<String> ids,
            @Nullable Where where, ReadOptions read) {
        return answer(runtime, read, "count", false, snapshot -> {
            long begun = System.nanoTime();
            RowMatches matches = snapshot.records.matches(ids, where);
            ReadTimes.lap(read.times(), Stage.FILTER, begun);
            tell(read, new ReadPlan(matches.rows().getLongCardinality(), matches.verified(), 0, 0));
            return matches.rows().getLongCardinality();
        });
    }

    void tell(ReadOptions read, ReadPlan plan) {
        metrics.planned(plan);
        if (read.plan() != null) {
            read.plan().accept(plan);
        }
    }

    CompletableFuture<List<StoredRecord>> get(CollectionRuntime runtime, GetRequest request,
            ReadOptions read) {
        boolean vectors = request.include().contains(Include.EMBEDDINGS);
        return answer(runtime, read, "get", vectors, snapshot -> {
            int limit = request.limit() == null ? -1 : request.limit();
            long begun = System.nanoTime();
            RowMatches page = snapshot.records.page(request.ids(), request.where(), request.offset(), limit);
            if (request.ids() != null || request.where() != null) {
                tell(read, new ReadPlan(page.rows().getLongCardinality(), page.verified(), 0, 0));
            }
            int[] rows = page.rows().toArray();
            begun = ReadTimes.lap(read.times(), Stage.FILTER, begun);
            List<StoredRecord> answer = new ArrayList<>(rows.length);
            for (RecordReader.@Nullable Row row : fetch(snapshot, rows, request.include())) {
                if (row != null) {
                    answer.add(stored(row, snapshot.vectors, runtime, request.include()));
                }
            }
            ReadTimes.lap(read.times(), Stage.RECORDS, begun);
            return answer;
        });
    }

    CompletableFuture<List<List<Hit>>> query(CollectionRuntime runtime, QueryRequest request,
            ReadOptions read) {
        try {
            if (request.nResults() < 0 || request.efSearch() < 0) {
                throw ForebayException.invalid("Number of requested results " + request.nResults()
                        + " and ef_search " + request.efSearch() + " cannot be negative");
            }
            if (request.efSearch() > VectorConfig.WIDTH_MAX) {
                throw ForebayException.invalid("Validation error: ef_search: " + request.efSearch()
                        + " is not in the range 1 to " + VectorConfig.WIDTH_MAX);
            }
            checkDimension(runtime, request);
        } catch (ForebayException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        SearchOptions search = new SearchOptions(request.efSearch(), isIndexOnly(runtime, read));
        return answer(runtime, read, "query", true,
                snapshot -> search(runtime, request, read, search, snapshot));
    }

    private static void checkDimension(CollectionRuntime runtime, QueryRequest request) {
        for (float[] embedding : request.embeddings()) {
            checkDimension(runtime, embedding);
        }
    }

    static void checkDimension(CollectionRuntime runtime, float[] embedding) {
        int dimension = runtime.info().dimension();
        if (dimension != 0 && embedding.length != dimension) {
            throw ForebayException.invalid("Collection expecting embedding with dimension of " + dimension
                    + ", got " + embedding.length);
        }
    }

    /** Ids of records, and up to where the log was applied when they were looked for. */
    record Matching(List<String> ids, long appliedSeqId) {}

    /** Those that match now, in row order. */
    CompletableFuture<Matching> matching(CollectionRuntime runtime, @Nullable List<String> ids,
            @Nullable Where where, int limit, ReadOptions read) {
        return answer(runtime, read, "delete", false, snapshot -> {
            int[] rows = snapshot.records.select(ids, where, 0, limit);
            List<String> found = new ArrayList<>(rows.length);
            for (RecordReader.@Nullable Row row : snapshot.records.fetch(rows, false, false, false)) {
                if (row != null) {
                    found.add(row.id());
                }
            }
            return new Matching(found, snapshot.records.state().appliedSeqId());
        });
    }

    private List<List<Hit>> search(CollectionRuntime runtime, QueryRequest request, ReadOptions read,
            SearchOptions search, Snapshot snapshot) {
        // Again: the first vector may have come since the query did.
        checkDimension(runtime, request);
        long results = (long) request.embeddings().size()
                * Math.min(request.nResults(), snapshot.records.count());
        if (results > RESULTS_MAX) {
            throw ForebayException.invalid("Validation error: n_results: " + request.embeddings().size()
                    + " queries would have " + results + " results, more than " + RESULTS_MAX
                    + " (limit query.results)");
        }
        long begun = System.nanoTime();
        boolean restricted = request.ids() != null || request.where() != null;
        RowMatches matches = restricted ? snapshot.records.matches(request.ids(), request.where()) : null;
        RoaringBitmap allowed = matches == null ? null : allowed(snapshot, matches.rows());
        begun = ReadTimes.lap(read.times(), Stage.FILTER, begun);
        List<List<Hit>> answers = new ArrayList<>(request.embeddings().size());
        int throughGraph = 0;
        int byScan = 0;
        for (float[] embedding : request.embeddings()) {
            snapshot.records.checkEnded();
            VectorView view = snapshot.vectors;
            if (view == null || request.nResults() == 0 || allowed != null && allowed.isEmpty()) {
                answers.add(List.of());
            } else {
                Neighbors nearest = view.search(embedding, request.nResults(), allowed, search);
                throughGraph += nearest.throughGraph() ? 1 : 0;
                byScan += nearest.throughGraph() ? 0 : 1;
                begun = ReadTimes.lap(read.times(), Stage.SEARCH, begun);
                answers.add(hits(runtime, nearest, snapshot, view, request.include()));
                begun = ReadTimes.lap(read.times(), Stage.RECORDS, begun);
            }
        }
        if (matches != null) {
            tell(read, new ReadPlan(matches.rows().getLongCardinality(), matches.verified(), throughGraph,
                    byScan));
        }
        return answers;
    }

    /** The ordinals of these rows. */
    static RoaringBitmap allowed(Snapshot snapshot, RoaringBitmap rows) {
        VectorView view = snapshot.vectors;
        if (view == null || snapshot.records.isOrdinalTheRow()
                || rows.getLongCardinality() * ORDINALS_PER_RECORD < view.count()) {
            return snapshot.records.ordinals(rows);
        }
        return view.ordinalsOf(rows);
    }

    private static List<Hit> hits(CollectionRuntime runtime, Neighbors neighbors, Snapshot snapshot,
            VectorView view, Set<Include> include) {
        int[] rows = new int[neighbors.ordinals().length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = view.row(neighbors.ordinals()[i]);
        }
        List<Hit> hits = new ArrayList<>(rows.length);
        int i = 0;
        for (RecordReader.@Nullable Row row : fetch(snapshot, rows, include)) {
            if (row != null) {
                hits.add(new Hit(stored(row, view, runtime, include), neighbors.distances()[i]));
            }
            i++;
        }
        return hits;
    }

    static List<RecordReader.@Nullable Row> fetch(Snapshot snapshot, int[] rows,
            Set<Include> include) {
        return snapshot.records.fetch(rows, include.contains(Include.METADATAS),
                include.contains(Include.DOCUMENTS),
                include.contains(Include.URIS));
    }

    static StoredRecord stored(RecordReader.Row row, @Nullable VectorView view,
            CollectionRuntime runtime,
            Set<Include> include) {
        float[] embedding = null;
        if (view != null && include.contains(Include.EMBEDDINGS)) {
            embedding = new float[runtime.info().dimension()];
            view.copyVector(row.ordinal(), embedding);
        }
        return new StoredRecord(row.id(), embedding, row.metadata(), row.document(), row.uri());
    }

    /** Waits, then does the work on a query thread; {@code vectors} tells whether the work needs them. */
    <T> CompletableFuture<T> answer(CollectionRuntime runtime, ReadOptions read, String kind,
            boolean vectors, Function<Snapshot, T> work) {
        if (kind.equals("query") || kind.equals("search")) {
            governor.searched();
        }
        long asked = System.nanoTime();
        CompletableFuture<Void> position = waits.awaited(runtime, read);
        CompletableFuture<Void> ready = vectors
                ? position.thenCompose(there -> loading.ready(runtime, queries))
                : position;
        // A delete that could not be done in that time could never be done.
        boolean mayEnd = !kind.equals("delete");
        return behindLoads(runtime, ready, () -> {
            long start = System.nanoTime();
            ReadTimes.lap(read.times(), Stage.WAIT, asked);
            // In this order: what is linked by now is so in the snapshot too.
            long linked = runtime.linked.position();
            try (Snapshot snapshot = snapshot(runtime, vectors)) {
                if (mayEnd) {
                    snapshot.records.checkedBy(() -> checkTime(read, start));
                }
                T answer = work.apply(snapshot);
                tellPosition(read, snapshot.records.state().appliedSeqId(), linked);
                return answer;
            } catch (IllegalStateException | RecordStoreException failure) {
                // A drop or a close takes the files away under the reads that are still running.
                throw runtime.isDropped() ? runtime.droppedError() : Errors.ofRecords(failure);
            } finally {
                metrics.read(kind, System.nanoTime() - start);
            }
        });
    }

    /** A load holds the publishLock, for seconds: also what needs no vectors waits for it, and not on a query thread. */
    private <T> CompletableFuture<T> behindLoads(CollectionRuntime runtime, CompletableFuture<Void> ready,
            Supplier<T> work) {
        return ready.thenComposeAsync(there -> {
            CompletableFuture<Void> load = VectorLoading.underWay(runtime);
            return load == null
                    ? CompletableFuture.completedFuture(work.get())
                    : behindLoads(runtime, load, work);
        }, queries);
    }

    /** @param vectors whether the work needs them; if not, a cold collection stays so */
    Snapshot snapshot(CollectionRuntime runtime, boolean vectors) {
        while (true) {
            if (vectors) {
                loading.forUse(runtime);
            }
            runtime.publishLock.lock();
            try {
                if (runtime.isDropped()) {
                    throw runtime.droppedError();
                }
                // It may have been unloaded again in between.
                if (!vectors || !runtime.held.isCold()) {
                    VectorSegment segment = runtime.vectors();
                    return new Snapshot(records.read(runtime.number),
                            segment == null ? null : segment.view());
                }
            } finally {
                runtime.publishLock.unlock();
            }
        }
    }

    private static void tellPosition(ReadOptions read, long applied, long linked) {
        if (read.position() != null) {
            read.position().accept(new ReadPosition(applied, Math.min(applied, linked)));
        }
    }

    /** Whether embeddings that are not linked are to be left out. */
    static boolean isIndexOnly(CollectionRuntime runtime, ReadOptions read) {
        return ReadWaits.level(runtime, read) == ReadLevel.INDEX_ONLY;
    }

    /** For long work, now and then. */
    void checkTime(ReadOptions read, long startNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        if (millis > waits.timeoutMillis(read)) {
            throw new ForebayException(ErrorCode.DEADLINE_EXCEEDED, "The read was not done within "
                    + waits.timeoutMillis(read) + " ms (query.read_timeout_millis, Forebay-Timeout-Millis)");
        }
        if (read.gone() != null && read.gone().getAsBoolean()) {
            throw new ForebayException(ErrorCode.DEADLINE_EXCEEDED, "nobody waits for this read any more");
        }
    }
}
