package io.forebay.index.vector;

/**
 * One upper level of a {@link NativeGraph}: nodes numbered from 0, each a row of ints.
 *
 * <pre>
 *  | ordinal | number of the same vector one level down (level 1: its ordinal) | up to M links to nodes of this level |
 * </pre>
 *
 * <p>Threads: as {@link NativeGraph}; the lock of {@code rows} guards only their making.
 */
final class GraphLayer {

    static final int HEADER = 2;

    final IntRows rows;
    private final int links;
    private volatile int size;

    GraphLayer(int links) {
        this.links = links;
        this.rows = new IntRows(HEADER + links);
    }

    int size() {
        return size;
    }

    long bytes() {
        return rows.bytes();
    }

    int links() {
        return links;
    }

    /** A new node without links. */
    int add(int ordinal, int below) {
        synchronized (rows) {
            int node = size;
            rows.reserve(node);
            long row = rows.address(node);
            Memory.putInt(row, ordinal);
            Memory.putInt(row + 4, below);
            size = node + 1;
            return node;
        }
    }

    /** -1 of a node that this processor does not see yet, though it saw a link to it. */
    int ordinal(int node) {
        long row = rows.address(node);
        return row == 0 ? -1 : Memory.getInt(row);
    }

    int below(int node) {
        return Memory.getInt(rows.address(node) + 4);
    }

    long linksAddress(int node) {
        return rows.address(node) + (HEADER << 2);
    }

    /** Greedy walk from this node to one that has no nearer neighbour. */
    int nearest(int from, CodeRows codes, GraphScratch scratch) {
        int best = from;
        float bestDistance = Float.POSITIVE_INFINITY;
        int ordinal = ordinal(from);
        if (codes.has(ordinal)) {
            scratch.ordinals[0] = ordinal;
            CodeKernels.distances(scratch.query, codes, scratch.ordinals, 1, scratch.distances);
            bestDistance = scratch.distances[0];
        }
        while (true) {
            int found = gather(best, codes, scratch);
            CodeKernels.distances(scratch.query, codes, scratch.ordinals, found, scratch.distances);
            int before = best;
            for (int i = 0; i < found; i++) {
                if (scratch.distances[i] < bestDistance) {
                    bestDistance = scratch.distances[i];
                    best = scratch.nodes[i];
                }
            }
            if (best == before) {
                return best;
            }
        }
    }

    private int gather(int node, CodeRows codes, GraphScratch scratch) {
        long row = linksAddress(node);
        int found = 0;
        for (int i = 0; i < links; i++) {
            int link = Memory.getInt(row + (i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = ordinal(link);
            if (codes.has(ordinal)) {
                scratch.nodes[found] = link;
                scratch.ordinals[found++] = ordinal;
            }
        }
        return found;
    }

    /** As {@link NativeGraph#beam}, on this level: the beam holds nodes of this level. */
    void beam(int from, CodeRows codes, int ef, GraphScratch scratch) {
        scratch.begin(ef, 2 * links);
        scratch.visit(from);
        scratch.ordinals[0] = ordinal(from);
        boolean known = codes.has(scratch.ordinals[0]);
        if (known) {
            CodeKernels.distances(scratch.query, codes, scratch.ordinals, 1, scratch.distances);
        }
        scratch.offer(known ? scratch.distances[0] : Float.POSITIVE_INFINITY, from, ef);
        int at = 0;
        while (at < scratch.beamSize) {
            long key = scratch.beam[at];
            if (GraphScratch.isExpanded(key)) {
                at++;
                continue;
            }
            scratch.expanded(at);
            int found = unvisited(gather(scratch.node(key), codes, scratch), scratch);
            CodeKernels.distances(scratch.query, codes, scratch.ordinals, found, scratch.distances);
            int lowest = at + 1;
            for (int i = 0; i < found; i++) {
                lowest = Math.min(lowest, scratch.offer(scratch.distances[i], scratch.nodes[i], ef));
            }
            at = lowest;
        }
    }

    private static int unvisited(int gathered, GraphScratch scratch) {
        int found = 0;
        scratch.reserveVisits(gathered);
        for (int i = 0; i < gathered; i++) {
            if (scratch.visit(scratch.nodes[i])) {
                scratch.nodes[found] = scratch.nodes[i];
                scratch.ordinals[found++] = scratch.ordinals[i];
            }
        }
        return found;
    }
}
