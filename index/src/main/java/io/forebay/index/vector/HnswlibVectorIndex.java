package io.forebay.index.vector;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.forebay.model.Space;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The graph of hnswlib-core 1.2.1 with our kernels: reference and fallback.
 *
 * <p>Threads: as {@link VectorIndex} demands. Adds and searches hold the read lock, growing the write lock: a
 * search of this library that runs beside its own {@code resize} throws.
 *
 * <p>Invariants: {@code remove} is never called, because its slots are never reclaimed and searches slow
 * down; nothing is ever serialised.
 */
final class HnswlibVectorIndex implements VectorIndex {

    private static final int FIRST_CAPACITY = 16;
    private static final int WIDEN = 4;

    private final Space space;
    private final int dimension;

    private final int paddedLength;
    private final HnswIndex<Integer, float[], Node, Float> graph;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Guarded by the lock. */
    private int capacity = FIRST_CAPACITY;
    /** Adds that were begun: each makes sure of its own slot, so that none finds the graph full. */
    private final AtomicInteger admitted = new AtomicInteger();
    private final AtomicInteger size = new AtomicInteger();

    HnswlibVectorIndex(VectorConfig config) {
        this.space = config.space();
        this.dimension = config.dimension();
        this.paddedLength = DistanceKernels.paddedLength(config.dimension());
        this.graph = HnswIndex
                .newBuilder(paddedLength, distance(config.space(), paddedLength), FIRST_CAPACITY)
                .withM(config.maxNeighbors())
                .withEfConstruction(config.efConstruction())
                .withEf(1)
                .build();
    }

    private static DistanceFunction<float[], Float> distance(Space space, int length) {
        return space == Space.L2
                ? (a, b) -> DistanceKernels.squaredL2(a, b, length)
                : (a, b) -> 1 - DistanceKernels.dot(a, b, length);
    }

    @Override
    public void add(VectorView view, int ordinal) {
        float[] vector = new float[paddedLength];
        view.copyVector(ordinal, vector);
        if (space == Space.COSINE) {
            PreparedQuery.normalize(vector, dimension);
        }
        add(ordinal, vector);
    }

    /** The library's searches do not gain by any order. */
    @Override
    public void order(VectorView view, int[] ordinals) {}

    private void add(int ordinal, float[] vector) {
        int slots = admitted.incrementAndGet();
        lock.readLock().lock();
        try {
            while (slots > capacity) {
                // A read lock cannot be turned into a write lock; whoever gets it first grows for all.
                lock.readLock().unlock();
                try {
                    reserve(slots);
                } finally {
                    lock.readLock().lock();
                }
            }
            if (graph.add(new Node(ordinal, vector))) {
                size.incrementAndGet();
            }
        } catch (RuntimeException e) {
            throw keepInterrupt(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void reserve(int ordinals) {
        lock.writeLock().lock();
        try {
            if (ordinals > capacity) {
                int grown = (int) Math.min(Integer.MAX_VALUE - 64, Math.max(ordinals, 2L * capacity));
                graph.resize(grown);
                capacity = grown;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Dead and foreign hits are dropped, so the graph is asked for more than k, as many more as the share of hits that
     * will be kept tells; if it still yields too few, for four times as many.
     */
    @Override
    public boolean search(PreparedQuery query, VectorView view, int k, int ef, Candidates candidates,
            ExactScan scan) {
        int nodes = size();
        double wanted = Math.max(k, ef) * Math.max(1.0, (double) nodes / Math.max(1, candidates.count()));
        while (wanted < nodes && wanted * view.tuning().scanRowsPerCandidate() < candidates.count()) {
            scan.forget();
            for (int ordinal : nearest(query.padded(), (int) Math.ceil(wanted))) {
                if (candidates.accepts(ordinal)) {
                    scan.offer(ordinal);
                }
            }
            if (scan.found() >= k) {
                return true;
            }
            wanted *= WIDEN;
        }
        return false;
    }

    private int[] nearest(float[] query, int width) {
        List<SearchResult<Node, Float>> found;
        lock.readLock().lock();
        try {
            // With its own ef at 1, the library keeps as many candidates as it is asked for.
            found = graph.findNearest(query, width);
        } catch (RuntimeException e) {
            throw keepInterrupt(e);
        } finally {
            lock.readLock().unlock();
        }
        int[] ordinals = new int[found.size()];
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = found.get(i).item().ordinal;
        }
        return ordinals;
    }

    /** The library waits for a visited set; an interrupt there clears the flag that the caller wants to see. */
    private static RuntimeException keepInterrupt(RuntimeException e) {
        if (e.getCause() instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return e;
    }

    @Override
    public int size() {
        return size.get();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        // Nothing but heap.
    }

    /** The library wants a boxed id and an item around each vector. */
    private static final class Node implements Item<Integer, float[]> {
        private static final long serialVersionUID = 1L;
        private final int ordinal;
        private final float[] vector;

        Node(int ordinal, float[] vector) {
            this.ordinal = ordinal;
            this.vector = vector;
        }

        @Override
        public Integer id() {
            return ordinal;
        }

        @Override
        public float[] vector() {
            return vector;
        }

        @Override
        public int dimensions() {
            return vector.length;
        }
    }
}
