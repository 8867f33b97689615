package io.forebay.index.vector;

import java.lang.ref.Reference;
import org.roaringbitmap.RoaringBitmap;

/**
 * A walk through level 0 of a {@link NativeGraph} that keeps and scores only what a filter allows.
 */
final class FilteredWalk {

    static int ENOUGH = Integer.getInteger("enough", 12);
    static int CAP = Integer.getInteger("cap", 32);
    static int SAMPLES = Integer.getInteger("samples", 32);
    static long lookups, expansions, scoredTotal, walks;

    private final NativeGraph graph;
    private final CodeRows codes;
    private final GraphScratch scratch;
    private final AllowedBits bits;
    private final int ef;
    private final int links;
    private final int[] through;

    FilteredWalk(NativeGraph graph, CodeRows codes, int ef, GraphScratch scratch) {
        this.graph = graph;
        this.codes = codes;
        this.ef = ef;
        this.scratch = scratch;
        this.bits = scratch.allowed;
        this.links = graph.neighborsMax0;
        this.through = new int[links];
    }

    void run(RoaringBitmap allowed, int end, int count) {
        scratch.tieMask = 0;
        scratch.beamSize = 0;
        NativeGraph.Entry entry = graph.entry();
        if (entry == null) {
            return;
        }
        walks++;
        bits.set(allowed, Math.min(end, codes.count()));
        int start = graph.descend(entry, 0, codes, scratch);
        scratch.begin(ef, Math.max(SAMPLES, CAP + links));
        scratch.visit(start);
        scratch.reserveVisits(SAMPLES + 1);
        int found = 0;
        if (bits.contains(start)) {
            scratch.ordinals[found++] = start;
        } else {
            found = throughOne(start, found);
        }
        offer(found);
        found = 0;
        for (int i = 0; i < SAMPLES; i++) {
            int ordinal = allowed.select((int) ((i + 0.5) / SAMPLES * count));
            if (bits.contains(ordinal) && scratch.visit(ordinal)) {
                scratch.ordinals[found++] = ordinal;
            }
        }
        offer(found);
        int at = 0;
        while (at < scratch.beamSize) {
            long key = scratch.beam[at];
            if (GraphScratch.isExpanded(key)) {
                at++;
                continue;
            }
            scratch.expanded(at);
            at = Math.min(at + 1, expand(scratch.node(key)));
        }
        Reference.reachabilityFence(codes);
        Reference.reachabilityFence(graph);
    }

    private int expand(int node) {
        if (NativeKernels.available()) {
            expansions++;
            scratch.reserveVisits(4 * links + CAP);
            long both = NativeKernels.expandAllowed(scratch, codes, node, graph.level0, bits.end(), ENOUGH);
            scratch.visitedCount += (int) (both >>> 32);
            return offerScored((int) both);
        }
        return offer(gather(node));
    }
    private int offer(int found) {
        CodeKernels.distances(scratch.query, codes, scratch.ordinals, found, scratch.distances);
        return offerScored(found);
    }
    private int offerScored(int found) {
        scoredTotal += found;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < found; i++) {
            lowest = Math.min(lowest, scratch.offer(scratch.distances[i], scratch.ordinals[i], ef));
        }
        return lowest;
    }

    private int gather(int node) {
        long row = graph.level0.address(node);
        if (row == 0) {
            return 0;
        }
        expansions++;
        scratch.reserveVisits(links);
        int found = 0;
        int others = 0;
        for (int i = 0; i < links; i++) {
            int link = Memory.getInt(row + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = link & ~NativeGraph.PROTECTED;
            if (!bits.contains(ordinal)) {
                through[others++] = ordinal;
            } else if (scratch.visit(ordinal)) {
                scratch.ordinals[found++] = ordinal;
            }
        }
        for (int i = 0; i < others && found < ENOUGH; i++) {
            scratch.reserveVisits(1);
            if (scratch.visit(through[i])) {
                found = throughOne(through[i], found);
            }
        }
        return found;
    }

    private int throughOne(int node, int had) {
        long row = graph.level0.address(node);
        if (row == 0) {
            return had;
        }
        scratch.reserveVisits(links);
        lookups++;
        int found = had;
        for (int i = 0; i < links; i++) {
            int link = Memory.getInt(row + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = link & ~NativeGraph.PROTECTED;
            if (bits.contains(ordinal) && scratch.visit(ordinal)) {
                scratch.ordinals[found++] = ordinal;
            }
        }
        return found;
    }
}
