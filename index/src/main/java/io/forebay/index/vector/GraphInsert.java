package io.forebay.index.vector;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts one node into a {@link NativeGraph}: finds its neighbours, chooses diverse ones (Algorithm 4 of the paper),
 * links both ways and gives it a parent.
 *
 * <p>Equal vectors hang on one another in a tree of their own ({@link #isAdoptedByTwin}); of nodes that are at hardly
 * any distance only a few are chosen ({@link #TWINS_MAX}), so that thousands of them keep ways out to the rest.
 *
 * <p>Threads: one owner, one use. No lock is held while another is taken.
 */
final class GraphInsert {

    private static final int TWINS_MAX = 4;
    /** Below this share of what they are computed from, two distances differ by a rounding error. */
    private static final float TWIN = 1e-6f;
    private static final float TWIN_EXACT = 1e-7f;

    private final NativeGraph graph;
    private final int ordinal;
    private final CodeRows rows;
    private final int ef;
    private final GraphScratch scratch;

    GraphInsert(NativeGraph graph, int ordinal, CodeRows rows, int ef, GraphScratch scratch) {
        this.graph = graph;
        this.ordinal = ordinal;
        this.rows = rows;
        this.ef = Math.max(ef, graph.neighborsMax);
        this.scratch = scratch;
    }

    /** @param from taken under the entry lock where this node may become the entry */
    void run(int level, NativeGraph.@Nullable Entry from) {
        scratch.query.setRow(rows, ordinal);
        scratch.tieMask = ordinal * 0x9e3779b1 >>> 1;
        if (from != null) {
            int start = graph.descend(from, 0, rows, scratch);
            scratch.begin(ef, graph.neighborsMax0 + 1);
            scratch.visit(ordinal);
            NativeGraph.start(start, rows, ef, scratch);
            graph.beam(rows, ef, scratch);
            if (isAdoptedByTwin()) {
                return;
            }
            // Before the upper levels: who comes down to this node then finds a way on.
            linkLevel0();
            linkUpperLevels(level, from);
        } else {
            addUpper(level);
        }
        if (from == null || level > from.level()) {
            graph.entry(new NativeGraph.Entry(level, top));
        }
    }

    /** Number of the new node on its highest level. */
    private int top;

    private void linkUpperLevels(int level, NativeGraph.Entry from) {
        UpperLinks upper = new UpperLinks(graph, rows, scratch);
        int[] numbers = addUpper(level);
        int highest = Math.min(level, from.level());
        int node = highest == 0 ? 0 : graph.descend(from, highest, rows, scratch);
        for (int at = highest; at > 0; at--) {
            GraphLayer layer = graph.layers[at];
            layer.beam(node, rows, ef, scratch);
            int next = scratch.beamSize == 0 ? node : scratch.node(scratch.beam[0]);
            upper.link(layer, numbers[at]);
            node = layer.below(next);
        }
    }

    private int[] addUpper(int level) {
        int[] numbers = new int[level + 1];
        numbers[0] = ordinal;
        for (int at = 1; at <= level; at++) {
            numbers[at] = graph.layers[at].add(ordinal, numbers[at - 1]);
        }
        top = numbers[level];
        return numbers;
    }

    // ---- level 0 ----

    /**
     * A vector that is there already becomes a child of one of its equals and gets no other links: whoever finds one of
     * them finds all, and thousands of them neither fill the rows of others nor crowd the upper levels.
     */
    private boolean isAdoptedByTwin() {
        boolean adopted = false;
        for (int i = 0; !adopted && i < scratch.beamSize; i++) {
            int node = scratch.node(scratch.beam[i]);
            adopted = node != ordinal && rows.has(node)
                    && isTwin(node, GraphScratch.distance(scratch.beam[i])) && adopt(node, childrenMax());
        }
        return adopted;
    }

    private boolean isTwin(int node, float distance) {
        float add = scratch.query.add;
        if (rows.scale(node) != scratch.query.scale || rows.add(node) != add) {
            return false;
        }
        float self = ownDistance(ordinal, rows);
        return Math.abs(distance - self) <= TWIN_EXACT * (Math.abs(add) + Math.abs(self));
    }

    private void linkLevel0() {
        int candidates = scratch.takeBeam(ordinal);
        selectFrom(candidates, 0, graph.neighborsMax, rows, ordinal);
        int count = scratch.selectedCount;
        int[] chosen = Arrays.copyOf(scratch.selected, count);
        writeOwnRow(chosen);
        boolean parented = false;
        for (int node : chosen) {
            if (!parented && adopt(node, childrenMax())) {
                parented = true;
            } else {
                linkBack(node, ordinal, false);
            }
        }
        for (int i = 0; !parented && i < scratch.beamSize; i++) {
            parented = adopt(scratch.node(scratch.beam[i]), childrenMax());
        }
        for (int i = 0; !parented && i < scratch.beamSize; i++) {
            parented = adopt(scratch.node(scratch.beam[i]), protectedMax());
        }
        if (!parented) {
            adoptBelow(scratch.node(scratch.beam[0]));
        }
    }

    /** Walks along protected links to a row that has room for another: the leaves of the tree have. */
    private void adoptBelow(int start) {
        Set<Integer> seen = new HashSet<>();
        ArrayDeque<Integer> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty()) {
            int node = next.poll();
            if (!seen.add(node)) {
                continue;
            }
            if (adopt(node, protectedMax())) {
                return;
            }
            long row = graph.level0.address(node);
            for (int i = 0; i < graph.neighborsMax0; i++) {
                int link = Memory.getInt(row + ((long) i << 2));
                if (link != NativeGraph.NONE && (link & NativeGraph.PROTECTED) != 0) {
                    next.add(link & ~NativeGraph.PROTECTED);
                }
            }
        }
    }

    /**
     * A node that is the nearest of many (with inner products a long vector is that of nearly all) keeps a quarter of
     * its row for links that lead somewhere.
     */
    private int childrenMax() {
        return graph.neighborsMax0 * 3 / 4;
    }

    /**
     * One place less than there is: a node is linked, and may get children, before it has its own parent,
     * and the link to that must find room.
     */
    private int protectedMax() {
        return graph.neighborsMax0 - 1;
    }

    /** Makes {@code parent} the parent of the new node, if it has fewer than {@code max} protected links. */
    private boolean adopt(int parent, int max) {
        if (parent == ordinal || !linkBack(parent, ordinal, true, max)) {
            return false;
        }
        return linkBack(ordinal, parent, true);
    }

    /**
     * Chooses among the first {@code count} candidates (nodes and distances, nearest first): one that is nearer to a
     * chosen one than to the centre is reached through that one.
     *
     * @param already so many are chosen before it begins
     * @param max so many are chosen in the end, at most
     * @param centre the node that they are chosen for
     */
    private void selectFrom(int count, int already, int max, CodeRows codes, int centre) {
        float self = selfDistance(centre, codes);
        float tolerance = TWIN * (Math.abs(codes.add(centre)) + Math.abs(self));
        int chosen = already;
        int twins = 0;
        for (int i = 0; i < count && chosen < max; i++) {
            int node = scratch.nodes[i];
            float distance = scratch.distances[i];
            boolean twin = Math.abs(distance - self) <= tolerance;
            if (!(twin && twins == TWINS_MAX) && !isCovered(node, distance, chosen, codes)) {
                scratch.selected[chosen] = node;
                chosen++;
                twins += twin ? 1 : 0;
            }
        }
        scratch.selectedCount = chosen;
    }

    /** What an equal vector is at: for inner products that is not 0, nor the least there is. */
    private float selfDistance(int node, CodeRows codes) {
        return codes.encoder().isInnerProduct() ? ownDistance(node, codes) : 0;
    }

    private float ownDistance(int node, CodeRows codes) {
        CodeKernels.rowDistances(node, codes, new int[]{node}, 1, scratch.pairDistances, scratch.rowQuery);
        return scratch.pairDistances[0];
    }

    private boolean isCovered(int node, float distance, int chosen, CodeRows codes) {
        CodeKernels.rowDistances(node, codes, scratch.selected, chosen, scratch.pairDistances,
                scratch.rowQuery);
        for (int i = 0; i < chosen; i++) {
            if (scratch.pairDistances[i] < distance) {
                return true;
            }
        }
        return false;
    }

    /** Writes the chosen, and keeps what others have put there since the row was made. */
    private void writeOwnRow(int[] chosen) {
        synchronized (graph.stripe(ordinal)) {
            LinkRow.addAll(graph.level0.address(ordinal), graph.neighborsMax0, chosen);
        }
    }

    /**
     * Adds the link node -> other; a full row is pruned.
     *
     * @param isProtected the link must be there afterwards and stay
     * @return false if that is not possible, because all links of the row are protected
     */
    private boolean linkBack(int node, int other, boolean isProtected) {
        return linkBack(node, other, isProtected, graph.neighborsMax0);
    }

    private boolean linkBack(int node, int other, boolean isProtected, int protectedMax) {
        long row = graph.level0.address(node);
        int max = graph.neighborsMax0;
        int link = isProtected ? other | NativeGraph.PROTECTED : other;
        synchronized (graph.stripe(node)) {
            int used = LinkRow.used(row, max);
            if (isProtected && protectedMax < max && LinkRow.countProtected(row, used) >= protectedMax) {
                return false;
            }
            int at = LinkRow.indexOf(row, used, other);
            if (at >= 0) {
                if (isProtected) {
                    Memory.putInt(row + ((long) at << 2), link);
                }
                return true;
            }
            if (used < max) {
                Memory.putInt(row + ((long) used << 2), link);
                return true;
            }
            return prune(node, row, link);
        }
    }

    /** Chooses anew among the links of a full row and one more. Called under the stripe's lock. */
    private boolean prune(int node, long row, int link) {
        int max = graph.neighborsMax0;
        int kept = 0;
        int open = 0;
        scratch.reserve(max + 1);
        int[] links = scratch.ordinals;
        int[] nodes = scratch.nodes;
        // The protected first: they are chosen already.
        for (int i = 0; i <= max; i++) {
            int one = i < max ? Memory.getInt(row + ((long) i << 2)) : link;
            if ((one & NativeGraph.PROTECTED) != 0) {
                links[kept++] = one;
            } else {
                nodes[open++] = one;
            }
        }
        if (kept > max) {
            return false;
        }
        CodeRows now = graph.codes();
        CodeKernels.rowDistances(node, now, nodes, open, scratch.distances, scratch.rowQuery);
        scratch.sortCandidates(open);
        for (int i = 0; i < kept; i++) {
            scratch.selected[i] = links[i] & ~NativeGraph.PROTECTED;
        }
        selectFrom(open, kept, max, now, node);
        for (int i = 0; i < max; i++) {
            int one = i < kept
                    ? links[i]
                    : i < scratch.selectedCount ? scratch.selected[i] : NativeGraph.NONE;
            Memory.putInt(row + ((long) i << 2), one);
        }
        return true;
    }
}
