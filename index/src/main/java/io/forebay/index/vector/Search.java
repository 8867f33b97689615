package io.forebay.index.vector;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One search of one view: decides between graph and exact scan, and puts the parts together.
 *
 * <p>Let L be what is linked. The graph answers for [0, L), everything from L on is scanned. Hits that are
 * dead, not allowed or at L and above are dropped, so the graph is asked for more than k, as many more as the
 * share of hits that will be kept tells; when that costs more than scanning the candidates, they are scanned.
 * If the graph still yields too few, it is asked for four times as many, and in the end everything is
 * scanned: the answer has k entries whenever there are k candidates.
 *
 * <p>Threads: one owner, used once.
 */
final class Search {

    private static final Logger LOG = LoggerFactory.getLogger(Search.class);
    private static final int WIDEN = 4;

    private final VectorView view;
    private final PreparedQuery query;
    private final int k;
    private final int ef;
    private final @Nullable RoaringBitmap allowed;

    Search(VectorView view, PreparedQuery query, int k, int ef, @Nullable RoaringBitmap allowed) {
        this.view = view;
        this.query = query;
        this.k = Math.min(k, Math.max(1, view.count()));
        this.ef = ef;
        this.allowed = allowed;
    }

    Neighbors run(LinkedGraph graph, boolean skipTail) {
        // L is read before the missing set and before the graph: what is below it has been put into one of
        // them.
        int linked = Math.min(graph.linked(), view.count());
        int end = skipTail ? linked : view.count();
        if (!query.zero() && linked > 0) {
            ExactScan scan = throughGraph(graph, linked);
            if (scan != null) {
                scan(scan, linked, end);
                return scan.finish();
            }
        }
        ExactScan scan = newScan();
        scan(scan, 0, end);
        return scan.finish();
    }

    /**
     * A scan that holds the graph's part of the answer, or null when scanning [0, linked) is the better way.
     */
    private @Nullable ExactScan throughGraph(LinkedGraph graph, int linked) {
        long candidates = allowed == null ? linked : allowed.rankLong(linked - 1);
        if (candidates <= k) {
            return null;
        }
        RoaringBitmap missing = graph.missingFor(view.sequence());
        int nodes = graph.size();
        double wanted = Math.max(k, ef) * Math.max(1.0, (double) nodes / candidates);
        while (wanted < nodes && wanted * view.tuning().scanRowsPerCandidate() < candidates) {
            ExactScan scan = newScan();
            int width = (int) Math.ceil(wanted);
            int[] hits = hits(graph, width);
            if (hits == null) {
                return null;
            }
            for (int ordinal : hits) {
                if (ordinal < linked && isCandidate(ordinal)
                        && (missing == null || !missing.contains(ordinal))) {
                    scan.offer(ordinal);
                }
            }
            if (missing != null) {
                missing.forEach((int ordinal) -> {
                    if (ordinal < linked && isCandidate(ordinal)) {
                        scan.offer(ordinal);
                    }
                });
            }
            if (scan.found() >= k) {
                return scan;
            }
            wanted *= WIDEN;
        }
        return null;
    }

    /** Null if the graph failed: a read then costs more but does not fail. */
    private int @Nullable [] hits(LinkedGraph graph, int width) {
        try {
            return graph.search(query.padded(), width);
        } catch (RuntimeException e) {
            LOG.warn("graph search failed, scanning instead: {}", e.toString());
            return null;
        }
    }

    private boolean isCandidate(int ordinal) {
        return !view.hidden().contains(ordinal) && (allowed == null || allowed.contains(ordinal));
    }

    private void scan(ExactScan scan, int from, int to) {
        if (allowed == null) {
            scan.range(from, to);
        } else {
            scan.members(allowed, from, to);
        }
    }

    private ExactScan newScan() {
        return new ExactScan(query, view.rows(), view.hidden(), k);
    }
}
