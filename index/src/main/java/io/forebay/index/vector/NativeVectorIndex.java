package io.forebay.index.vector;

import org.roaringbitmap.RoaringBitmap;

/**
 * Forebay's own engine behind {@link VectorIndex}: a {@link NativeGraph} over the codes of the view that
 * comes with each call.
 *
 * <p>Threads: as {@link VectorIndex} demands.
 */
final class NativeVectorIndex implements VectorIndex {

    private static final int WIDEN = 4;

    private final NativeGraph graph;
    private final int efConstruction;

    NativeVectorIndex(VectorConfig config) {
        this(config, new NativeGraph(config.maxNeighbors()));
    }

    /** @param graph made with the same number of neighbours */
    NativeVectorIndex(VectorConfig config, NativeGraph graph) {
        this.graph = graph;
        this.efConstruction = config.efConstruction();
    }

    NativeGraph graph() {
        return graph;
    }

    @Override
    public void add(VectorView view, int ordinal) {
        graph.insert(ordinal, view.codes(), efConstruction, GraphScratch.ofThread());
    }

    @Override
    public void order(VectorView view, int[] ordinals) {
        LocalityOrder.sort(ordinals, ordinals.length, view.codes());
    }

    @Override
    public boolean search(PreparedQuery query, VectorView view, int k, int ef, Candidates candidates,
            ExactScan scan) {
        GraphScratch scratch = GraphScratch.ofThread();
        CodeRows codes = view.codes();
        codes.encoder().encode(query.padded(), scratch.query, scratch.encoding);
        RoaringBitmap allowed = candidates.allowed();
        return allowed == null
                ? walk(view, codes, k, ef, candidates, scan, scratch)
                : walk(view, codes, k, ef, candidates, allowed, scan, scratch);
    }

    /** Dead hits are dropped: while too few are left, a wider beam. */
    private boolean walk(VectorView view, CodeRows codes, int k, int ef, Candidates candidates,
            ExactScan scan, GraphScratch scratch) {
        int nodes = size();
        double wanted = Math.max(k, ef) * Math.max(1.0, (double) nodes / Math.max(1, candidates.count()));
        while (wanted < nodes && wanted * view.tuning().scanRowsPerCandidate() < candidates.count()) {
            scan.forget();
            graph.search(codes, (int) Math.ceil(wanted), scratch);
            rank(scratch, codes, candidates, k, scan);
            if (scan.found() >= k) {
                return true;
            }
            wanted *= WIDEN;
        }
        return false;
    }

    private boolean walk(VectorView view, CodeRows codes, int k, int ef, Candidates candidates,
            RoaringBitmap allowed, ExactScan scan, GraphScratch scratch) {
        int width = FilteredWalk.width(Math.max(k, ef), candidates.count(), size());
        boolean first = true;
        while (width < candidates.count() && FilteredWalk.cost(width, view.tuning()) < candidates.count()) {
            if (first) {
                int end = Math.min(candidates.linked(), codes.count());
                scratch.allowed.set(allowed, view.hidden(), end);
            }
            scan.forget();
            new FilteredWalk(graph, codes, scratch).run(width);
            boolean settled = rank(scratch, codes, candidates, k, scan) || scratch.beamSize < width;
            // Where all of a beam twice as wide as the answer could belong to it, codes tell the rows of this
            // region hardly apart, or they are equal: once, to leave equal ones in peace, more are looked at.
            if (scan.found() >= k && (settled || !first || k > width / 2)) {
                return true;
            }
            first = false;
            width = (int) Math.min(Integer.MAX_VALUE, (long) WIDEN * width);
        }
        return false;
    }

    /**
     * Scores the beam's nodes exactly, nearest first, until no other can be among the k nearest: when its
     * distance by codes exceeds the k-th exact one by more than codes are wrong; false if none does.
     */
    private static boolean rank(GraphScratch scratch, CodeRows codes, Candidates candidates, int k,
            ExactScan scan) {
        CodeLimit limit = new CodeLimit(codes.encoder(), scratch.query, CodeLimit.WALK_DEVIATIONS);
        int offered = 0;
        for (int i = 0; i < scratch.beamSize; i++) {
            long key = scratch.beam[i];
            int ordinal = scratch.node(key);
            // A row that is pruned while it is read may name a node twice; its two places are neighbours.
            boolean again = i > 0 && ordinal == scratch.node(scratch.beam[i - 1]);
            if (again || !candidates.accepts(ordinal)) {
                continue;
            }
            if (limit.excludes(GraphScratch.distance(key), codes.scale(ordinal))) {
                return true;
            }
            scan.offer(ordinal);
            offered++;
            if (offered >= k && (offered - k & 3) == 0) {
                limit.set(scan.bound());
            }
        }
        return false;
    }

    @Override
    public int size() {
        return graph.size();
    }

    @Override
    public long bytes() {
        return graph.bytes();
    }

    @Override
    public void close() {
        // The memory goes when nobody walks in it any more.
    }
}
