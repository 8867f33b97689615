package io.forebay.index.vector;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Makes level 0 of a graph that was read from a file one that can be walked without checks: links only to
 * nodes that are there, none twice, none to itself; protected links in pairs that are a tree of all nodes.
 *
 * <p>The tree may be cut where a parent is not in the file (it was above the linked prefix, or is above the
 * committed count now). A subtree is then tied to the rest by an ordinary link between them that becomes a
 * protected pair. What has no such link is taken out: it is to be inserted again.
 *
 * <p>Threads: one owner, used once, before anybody else has the graph.
 */
final class GraphRepair {

    private final IntRows rows;
    private final int max;
    private final BitSet nodes;
    private final int[] roots;
    private int trees;

    private GraphRepair(NativeGraph graph, BitSet nodes, int end) {
        this.rows = graph.level0;
        this.max = graph.neighborsMax0;
        this.nodes = nodes;
        this.roots = new int[end];
        Arrays.setAll(roots, i -> i);
        this.trees = nodes.cardinality();
    }

    /** @param nodes whose rows are there, all below {@code end}; those that cannot stay are taken out */
    static void run(NativeGraph graph, BitSet nodes, int end) {
        GraphRepair repair = new GraphRepair(graph, nodes, end);
        repair.dropForeignLinks();
        repair.keepTree();
        if (repair.trees > 1) {
            repair.tieTrees();
        }
        if (repair.trees > 1) {
            repair.dropSmallTrees();
            repair.dropForeignLinks();
        }
    }

    static int indexOf(int[] array, int count, int value) {
        for (int i = 0; i < count; i++) {
            if (array[i] == value) {
                return i;
            }
        }
        return -1;
    }

    private int get(int node, int place) {
        return Memory.getInt(rows.address(node) + ((long) place << 2));
    }

    private void put(int node, int place, int link) {
        Memory.putInt(rows.address(node) + ((long) place << 2), link);
    }

    private void dropForeignLinks() {
        int[] ordinals = new int[max];
        int[] kept = new int[max];
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            long row = rows.address(node);
            int count = 0;
            int used = 0;
            while (used < max) {
                int link = Memory.getInt(row + ((long) used << 2));
                if (link == NativeGraph.NONE) {
                    break;
                }
                used++;
                int to = link & ~NativeGraph.PROTECTED;
                if (to != node && nodes.get(to) && indexOf(ordinals, count, to) < 0) {
                    ordinals[count] = to;
                    kept[count++] = link;
                }
            }
            if (count < max) {
                for (int i = 0; i < max; i++) {
                    Memory.putInt(row + ((long) i << 2), i < count ? kept[i] : NativeGraph.NONE);
                }
            }
        }
    }

    private int placeOf(int node, int ordinal) {
        long row = rows.address(node);
        return LinkRow.indexOf(row, LinkRow.used(row, max), ordinal);
    }

    /** Protected links stay so where both sides are, and where they close no circle. */
    private void keepTree() {
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            for (int i = 0; i < max; i++) {
                int link = get(node, i);
                if (link == NativeGraph.NONE) {
                    break;
                }
                if (link < 0) {
                    keepPair(node, i, link & ~NativeGraph.PROTECTED);
                }
            }
        }
    }

    private void keepPair(int node, int place, int other) {
        int back = placeOf(other, node);
        if (back < 0 || get(other, back) >= 0) {
            put(node, place, other);
        } else if (node < other && !joins(node, other)) {
            put(node, place, other);
            put(other, back, node);
        }
    }

    private boolean joins(int a, int b) {
        int rootA = GraphCheck.root(roots, a);
        int rootB = GraphCheck.root(roots, b);
        roots[rootA] = rootB;
        trees -= rootA == rootB ? 0 : 1;
        return rootA != rootB;
    }

    private void tieTrees() {
        for (int node = nodes.nextSetBit(0); node >= 0 && trees > 1; node = nodes.nextSetBit(node + 1)) {
            for (int i = 0; i < max; i++) {
                int link = get(node, i);
                if (link == NativeGraph.NONE) {
                    break;
                }
                if (link >= 0 && GraphCheck.root(roots, node) != GraphCheck.root(roots, link)
                        && linkBack(link, node)) {
                    put(node, i, link | NativeGraph.PROTECTED);
                    joins(node, link);
                }
            }
        }
    }

    /** Gives {@code node} a protected link, if need be for its last one that is not. */
    private boolean linkBack(int node, int other) {
        int place = placeOf(node, other);
        int replaceable = -1;
        for (int i = 0; place < 0 && i < max; i++) {
            int link = get(node, i);
            if (link == NativeGraph.NONE) {
                place = i;
            } else if (link >= 0) {
                replaceable = i;
            }
        }
        place = place < 0 ? replaceable : place;
        if (place >= 0) {
            put(node, place, other | NativeGraph.PROTECTED);
        }
        return place >= 0;
    }

    private void dropSmallTrees() {
        int[] sizes = new int[roots.length];
        int largest = -1;
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            int root = GraphCheck.root(roots, node);
            sizes[root]++;
            if (largest < 0 || sizes[root] > sizes[largest]) {
                largest = root;
            }
        }
        for (int node = nodes.nextSetBit(0); node >= 0; node = nodes.nextSetBit(node + 1)) {
            if (GraphCheck.root(roots, node) != largest) {
                nodes.clear(node);
                for (int i = 0; i < max; i++) {
                    put(node, i, NativeGraph.NONE);
                }
            }
        }
    }
}
