package io.forebay.bench.index;

import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Workspace;
import io.forebay.index.vector.SearchOptions;
import io.forebay.index.vector.VectorConfig;
import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Ours: a vector segment in a directory of its own, driven as the server drives it. The rows are appended in
 * batches of {@value VectorSet#BATCH} and published; what is linked then is the backlog.
 */
final class SegmentGraph implements Graph {
    private final VectorSet set;
    private final int slice;
    private final Path directory;
    private final VectorConfig config;
    private VectorSegment segment;

    SegmentGraph(VectorSet set, IndexSettings settings, Workspace workspace) throws IOException {
        this.set = set;
        this.slice = settings.slice();
        this.directory = workspace.newDirectory(set.name() + "-" + settings.side());
        this.config = new VectorConfig(set.dimension(), set.space(), IndexSettings.M,
                IndexSettings.EF_CONSTRUCTION, 100, settings.engine());
        this.segment = VectorSegment.open(directory, config, 0, null);
    }

    VectorSegment segment() {
        return segment;
    }

    Path directory() {
        return directory;
    }

    /** Opens the segment, which was closed, as it was when all of so many ordinals were live. */
    void reopen(int committed) {
        segment = VectorSegment.open(directory, config, committed, null);
    }

    /** Appends the whole set and publishes once. */
    Times append() throws Exception {
        var batches = set.batches();
        int[] rows = IntStream.range(0, VectorSet.BATCH).toArray();
        return Times.of(() -> {
            for (ByteBuffer batch : batches) {
                segment.append(batch, rows, rowsOf(batch));
            }
            segment.publish();
        });
    }

    private int rowsOf(ByteBuffer batch) {
        return batch.remaining() / (set.dimension() * Float.BYTES);
    }

    /** Links until nothing is left to take. */
    void linkAll() {
        int taken = segment.link(slice);
        while (taken > 0) {
            taken = segment.link(slice);
        }
    }

    /** The same with several threads; the time on the wall. */
    Times linkAll(int threads) throws Exception {
        long start = System.nanoTime();
        BenchThreads.onEach(threads, () -> {
            linkAll();
            return 0;
        });
        return new Times(Double.NaN, (System.nanoTime() - start) / 1e9);
    }

    /** Appending and linking of the whole set as one backlog. */
    @Override
    public Times build() throws Exception {
        return append().plus(Times.of(this::linkAll));
    }

    /** Appending, publishing and linking in batches of so many rows, each linked before the next comes. */
    Times buildInBatches(int size) throws Exception {
        var batches = set.batches();
        int[] rows = IntStream.range(0, size).toArray();
        int bytes = size * set.dimension() * Float.BYTES;
        return Times.of(() -> {
            for (ByteBuffer thousand : batches) {
                for (int from = 0; from < thousand.limit(); from += bytes) {
                    ByteBuffer batch = thousand.slice(from, Math.min(bytes, thousand.limit() - from));
                    segment.append(batch, rows, rowsOf(batch));
                    segment.publish();
                    linkAll();
                }
            }
        });
    }

    @Override
    public Answers search(int ef, double secondsMin) throws Exception {
        return search(set.queries(), ef, secondsMin, null);
    }

    /** The same with queries and a filter of the caller's. */
    Answers search(float[][] queries, int ef, double secondsMin, @Nullable RoaringBitmap allowed)
            throws Exception {
        VectorView view = segment.view();
        SearchOptions options = new SearchOptions(ef, false);
        return Answers.ask(queries.length, secondsMin,
                query -> view.search(queries[query], VectorSet.K, allowed, options).ordinals());
    }

    @Override
    public void close() throws IOException {
        segment.close();
        Workspace.delete(directory);
    }
}
