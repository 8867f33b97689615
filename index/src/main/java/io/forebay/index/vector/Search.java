package io.forebay.index.vector;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One search of one view: decides between graph and exact scan, and puts the parts together.
 *
 * <p>Let L be what is linked. The graph answers for [0, L), everything from L on is scanned. Where the graph
 * says that scanning the candidates costs less, or finds fewer than k, they are scanned: the answer has k
 * entries whenever there are k candidates. Many rows are scanned by their codes where there are codes
 * ({@link CodeScan}).
 *
 * <p>Threads: one owner, used once.
 */
final class Search {

    private static final Logger LOG = LoggerFactory.getLogger(Search.class);

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
                return scan.finish().foundThroughGraph();
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
        RoaringBitmap missing = graph.missingFor(view.sequence());
        Candidates candidates = new Candidates(view, linked, allowed, missing);
        if (candidates.count() <= k) {
            return null;
        }
        ExactScan scan = newScan();
        try {
            if (!graph.index().search(query, view, k, ef, candidates, scan)) {
                return null;
            }
        } catch (RuntimeException e) {
            // A read then costs more but does not fail.
            LOG.warn("graph search failed, scanning instead: {}", e.toString());
            return null;
        }
        if (missing != null) {
            missing.forEach((int ordinal) -> {
                if (ordinal < linked && isCandidate(ordinal)) {
                    scan.offer(ordinal);
                }
            });
        }
        return scan;
    }

    private boolean isCandidate(int ordinal) {
        return !view.hidden().contains(ordinal) && (allowed == null || allowed.contains(ordinal));
    }

    private void scan(ExactScan scan, int from, int to) {
        if (from >= to) {
            return;
        }
        int rows = allowed == null ? to - from : (int) allowed.rangeCardinality(from, to);
        boolean byCodes = CodeScan.pays(view, query, rows, k);
        if (allowed == null) {
            if (byCodes) {
                CodeScan.range(query, view, scan, from, to);
            } else {
                scan.range(from, to);
            }
        } else if (byCodes) {
            CodeScan.members(query, view, scan, allowed, from, to);
        } else {
            scan.members(allowed, from, to);
        }
    }

    private ExactScan newScan() {
        return new ExactScan(query, view.rows(), view.hidden(), k);
    }
}
