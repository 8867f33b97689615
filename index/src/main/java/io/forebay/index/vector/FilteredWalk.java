package io.forebay.index.vector;

import java.lang.ref.Reference;

/**
 * A walk through level 0 of a {@link NativeGraph} whose beam holds only what a filter allows. Of the other
 * nodes no distance is computed; the walk passes through them: where a node has fewer than {@code enough}
 * allowed neighbours that are new, the neighbours of those that are not allowed are looked at too, row by
 * row, until there are enough (after ACORN-1: Patel et al., "ACORN: Performant and Predicate-Agnostic Search
 * Over Vector Embeddings and Structured Data", SIGMOD 2024). Dead nodes are not allowed ones.
 *
 * <p>It begins where the descent through the upper levels ends, and at a few dozen nodes sampled from all
 * that are allowed: when these lie together far from the query, no neighbour of the descent's end is among
 * them.
 *
 * <p>Threads: one owner, on the thread whose scratch it is; beside inserts, as {@link NativeGraph#search}.
 */
final class FilteredWalk {

    /**
     * Below this share of allowed nodes, two steps lead to too few of them, and the beam is made wider
     * instead.
     */
    private static final double SPARSE = 0.08;
    /** What a place in the beam costs, in those of a search without a filter. */
    private static final double COST = 2;
    private static final int SAMPLES = 32;

    private final NativeGraph graph;
    private final CodeRows codes;
    private final GraphScratch scratch;
    private final AllowedBits allowed;
    private final boolean inJava;
    private final int links;
    private final int enough;
    private int width;

    FilteredWalk(NativeGraph graph, CodeRows codes, GraphScratch scratch) {
        this(graph, codes, scratch, !NativeKernels.available());
    }

    /** @param inJava whether native kernels are left alone */
    FilteredWalk(NativeGraph graph, CodeRows codes, GraphScratch scratch, boolean inJava) {
        this.graph = graph;
        this.codes = codes;
        this.scratch = scratch;
        this.allowed = scratch.allowed;
        this.inJava = inJava;
        this.links = graph.neighborsMax0;
        this.enough = Math.max(4, graph.neighborsMax * 3 / 4);
    }

    /** How wide a beam keeps the recall of one of width {@code ef} without a filter. */
    static int width(int ef, int allowed, int nodes) {
        double share = (double) allowed / Math.max(1, nodes);
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(ef * Math.max(1, SPARSE / share)));
    }

    /** What a walk of this width costs, in rows scanned by their codes. */
    static double cost(int width, SearchTuning tuning) {
        return COST * width * tuning.scanRowsPerCandidate();
    }

    /** Leaves in the scratch's beam the nearest nodes to its query among those in its {@code allowed}. */
    void run(int beamWidth) {
        width = beamWidth;
        scratch.tieMask = 0;
        scratch.beamSize = 0;
        NativeGraph.Entry entry = graph.entry();
        if (entry != null) {
            int start = graph.descend(entry, 0, codes, scratch);
            scratch.begin(width, Math.max(SAMPLES, enough + links));
            begin(start);
            walk();
        }
        Reference.reachabilityFence(codes);
        Reference.reachabilityFence(graph);
    }

    private void begin(int start) {
        scratch.reserveVisits(1 + SAMPLES);
        int sampled = allowed.sample(SAMPLES, scratch.ordinals);
        int found = 0;
        for (int i = 0; i < sampled; i++) {
            if (scratch.visit(scratch.ordinals[i])) {
                scratch.ordinals[found++] = scratch.ordinals[i];
            }
        }
        score(found);
        if (scratch.visit(start)) {
            if (allowed.contains(start)) {
                scratch.ordinals[0] = start;
                score(1);
            } else {
                expand(start, NativeGraph.NONE);
            }
        }
    }

    private void walk() {
        int at = 0;
        while (at < scratch.beamSize) {
            long key = scratch.beam[at];
            if (GraphScratch.isExpanded(key)) {
                at++;
                continue;
            }
            scratch.expanded(at);
            int next = at + 1 < scratch.beamSize ? scratch.node(scratch.beam[at + 1]) : NativeGraph.NONE;
            at = Math.min(at + 1, expand(scratch.node(key), next));
        }
    }

    /** Puts what a node leads to into the beam; returns the lowest place that was taken. */
    private int expand(int node, int next) {
        scratch.reserveVisits(3 * links + enough);
        if (inJava) {
            return score(gather(node));
        }
        long counts = NativeKernels.expandAllowed(scratch, codes, node, next, graph.level0, enough);
        scratch.visitedCount += (int) (counts >>> 32);
        return offer((int) counts);
    }

    private int score(int found) {
        CodeKernels.distances(scratch.query, codes, scratch.ordinals, found, scratch.distances);
        return offer(found);
    }

    private int offer(int found) {
        scratch.scored += found;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < found; i++) {
            lowest = Math.min(lowest, scratch.offer(scratch.distances[i], scratch.ordinals[i], width));
        }
        return lowest;
    }

    /** As gather_allowed of the native kernels. */
    private int gather(int node) {
        long row = graph.level0.address(node);
        int[] through = scratch.nodes;
        int others = 0;
        int found = 0;
        for (int i = 0; i < links && row != 0; i++) {
            int link = Memory.getInt(row + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = link & ~NativeGraph.PROTECTED;
            if (!allowed.contains(ordinal)) {
                through[others++] = ordinal;
            } else if (scratch.visit(ordinal)) {
                scratch.ordinals[found++] = ordinal;
            }
        }
        for (int i = 0; i < others && found < enough; i++) {
            if (scratch.visit(through[i])) {
                found = gatherAllowed(graph.level0.address(through[i]), found);
            }
        }
        return found;
    }

    private int gatherAllowed(long row, int before) {
        int found = before;
        for (int i = 0; i < links && row != 0; i++) {
            int link = Memory.getInt(row + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = link & ~NativeGraph.PROTECTED;
            if (allowed.contains(ordinal) && scratch.visit(ordinal)) {
                scratch.ordinals[found++] = ordinal;
            }
        }
        return found;
    }
}
