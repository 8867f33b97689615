package io.forebay.index.vector;

import java.util.Arrays;

/**
 * Links a node of an upper level, as {@link GraphInsert} does at level 0, but without parents and equal vectors: what
 * is lost here costs a detour.
 *
 * <p>Threads: one owner. No lock is held while another is taken.
 */
final class UpperLinks {

    private final NativeGraph graph;
    private final CodeRows rows;
    private final GraphScratch scratch;

    UpperLinks(NativeGraph graph, CodeRows rows, GraphScratch scratch) {
        this.graph = graph;
        this.rows = rows;
        this.scratch = scratch;
    }

    /** Links a new node with those in the scratch's beam, both ways. */
    void link(GraphLayer layer, int number) {
        select(layer, scratch.takeBeam(number), layer.links(), rows);
        int[] chosen = Arrays.copyOf(scratch.selected, scratch.selectedCount);
        synchronized (graph.stripe(~number)) {
            LinkRow.addAll(layer.linksAddress(number), layer.links(), chosen);
        }
        for (int node : chosen) {
            linkBack(layer, node, number);
        }
    }

    /** The rule of {@link GraphInsert}; the candidates are numbers of this level. */
    private void select(GraphLayer layer, int count, int max, CodeRows codes) {
        int[] chosenOrdinals = new int[max];
        int chosen = 0;
        for (int i = 0; i < count && chosen < max; i++) {
            int candidate = layer.ordinal(scratch.nodes[i]);
            CodeKernels.rowDistances(candidate, codes, chosenOrdinals, chosen, scratch.pairDistances,
                    scratch.rowQuery);
            boolean covered = false;
            for (int j = 0; j < chosen && !covered; j++) {
                covered = scratch.pairDistances[j] < scratch.distances[i];
            }
            if (!covered) {
                scratch.selected[chosen] = scratch.nodes[i];
                chosenOrdinals[chosen++] = candidate;
            }
        }
        scratch.selectedCount = chosen;
    }

    private void linkBack(GraphLayer layer, int node, int other) {
        long row = layer.linksAddress(node);
        int max = layer.links();
        synchronized (graph.stripe(~node)) {
            int used = LinkRow.used(row, max);
            if (LinkRow.indexOf(row, used, other) >= 0) {
                return;
            }
            if (used < max) {
                Memory.putInt(row + ((long) used << 2), other);
                return;
            }
            prune(layer, node, row, other);
        }
    }

    private void prune(GraphLayer layer, int node, long row, int other) {
        int max = layer.links();
        scratch.reserve(max + 1);
        for (int i = 0; i <= max; i++) {
            int one = i < max ? Memory.getInt(row + ((long) i << 2)) : other;
            scratch.nodes[i] = one;
            scratch.ordinals[i] = layer.ordinal(one);
        }
        CodeRows now = graph.codes();
        CodeKernels.rowDistances(layer.ordinal(node), now, scratch.ordinals, max + 1, scratch.distances,
                scratch.rowQuery);
        scratch.sortCandidates(max + 1);
        select(layer, max + 1, max, now);
        for (int i = 0; i < max; i++) {
            Memory.putInt(row + ((long) i << 2),
                    i < scratch.selectedCount ? scratch.selected[i] : NativeGraph.NONE);
        }
    }
}
