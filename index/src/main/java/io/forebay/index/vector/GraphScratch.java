package io.forebay.index.vector;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one thread needs to walk a graph: the query, the beam, the nodes visited, and buffers. Kept per thread
 * and used for every graph that it walks; its size depends on the width of the searches, and on the number of
 * vectors only by a bit each ({@link NativeWalk}, {@link AllowedBits}).
 *
 * <p>Threads: one owner.
 *
 * <p>The beam is one sorted array of longs: the distance above (as an int of the same order), below it the node
 * and a bit that says whether it has been expanded. Nodes at equal distance are ordered by the node XOR
 * {@link #tieMask}, which differs from insert to insert: among thousands of equal vectors every insert then
 * finds others.
 */
final class GraphScratch {

    private static final ThreadLocal<GraphScratch> OWN = ThreadLocal.withInitial(GraphScratch::new);
    private static final int VISITED_FIRST = 1 << 12;
    /** Larger tables are not kept for the next search. */
    private static final int KEPT_MAX = 1 << 18;
    private static final int EMPTY = -1;
    private static final long EXPANDED = 1;

    final CodeQuery query = new CodeQuery();
    /** A row as a query, where the kernels are in Java. */
    final CodeQuery rowQuery = new CodeQuery();
    final CodeEncoder.Scratch encoding = new CodeEncoder.Scratch();

    /** What the walk's filter allows. */
    final AllowedBits allowed = new AllowedBits();

    long[] beam = new long[128];
    int beamSize;
    int tieMask;
    /** Nodes scored on level 0 in all walks so far: what they cost, independent of the machine. */
    long scored;

    int[] nodes = new int[64];
    int[] ordinals = new int[64];
    float[] distances = new float[64];

    int[] selected = new int[64];
    float[] pairDistances = new float[64];
    int selectedCount;

    int[] visited = new int[VISITED_FIRST];
    int visitedMask = VISITED_FIRST - 1;
    int visitedCount;
    private @Nullable NativeWalk walk;

    GraphScratch() {
        Arrays.fill(visited, EMPTY);
    }

    static GraphScratch ofThread() {
        return OWN.get();
    }

    /** Begins a walk with room for a beam of this width and rows of this many links. */
    void begin(int width, int links) {
        if (beam.length < width + 1) {
            beam = new long[width + 1];
        }
        reserve(links);
        beamSize = 0;
        clearVisited();
        reserveVisits(1);
    }

    NativeWalk walk() {
        NativeWalk own = walk;
        if (own == null) {
            own = new NativeWalk();
            walk = own;
        }
        return own;
    }

    void reserve(int links) {
        if (nodes.length < links) {
            nodes = new int[links];
            ordinals = new int[links];
            distances = new float[links];
            selected = new int[links];
            pairDistances = new float[links];
        }
    }

    private void clearVisited() {
        if (visitedCount > 0) {
            if (visited.length > KEPT_MAX) {
                visited = new int[VISITED_FIRST];
                visitedMask = VISITED_FIRST - 1;
            }
            Arrays.fill(visited, EMPTY);
            visitedCount = 0;
        }
    }

    /** True when the node was not visited before. */
    boolean visit(int node) {
        int[] table = visited;
        int slot = (node * 0x9e3779b1) >>> 7 & visitedMask;
        while (true) {
            int found = table[slot];
            if (found == node) {
                return false;
            }
            if (found == EMPTY) {
                table[slot] = node;
                visitedCount++;
                return true;
            }
            slot = slot + 1 & visitedMask;
        }
    }

    /** Makes room for so many calls of {@link #visit}. */
    void reserveVisits(int count) {
        // Rows of thousands of links need more than one doubling; a full table would be searched for ever.
        while (visitedCount + count > visitedMask >>> 1) {
            growVisited();
        }
    }

    private void growVisited() {
        int[] old = visited;
        visited = new int[2 * old.length];
        Arrays.fill(visited, EMPTY);
        visitedMask = visited.length - 1;
        visitedCount = 0;
        for (int node : old) {
            if (node != EMPTY) {
                visit(node);
            }
        }
    }

    private long key(float distance, int node) {
        return (long) NearestHeap.sortable(distance) << 32 | (node ^ tieMask) << 1 & 0xffff_ffffL;
    }

    int node(long key) {
        return ((int) key >>> 1) ^ tieMask;
    }

    static float distance(long key) {
        return NearestHeap.distance((int) (key >> 32));
    }

    static boolean isExpanded(long key) {
        return (key & EXPANDED) != 0;
    }

    void expanded(int at) {
        beam[at] |= EXPANDED;
    }

    /**
     * Puts a node into the beam, which keeps the nearest {@code width}; returns its place, or {@code width} if it
     * did not get in.
     */
    int offer(float distance, int node, int width) {
        long key = key(distance, node);
        int size = beamSize;
        long[] keys = beam;
        if (size >= width) {
            if (key >= keys[size - 1]) {
                return width;
            }
            size--;
        } else {
            beamSize = size + 1;
        }
        int low = 0;
        int length = size;
        while (length > 0) {
            int half = length >>> 1;
            int middle = low + half;
            // Written so that it becomes a conditional move: which way it goes cannot be predicted.
            boolean after = keys[middle] < key;
            low = after ? middle + 1 : low;
            length = after ? length - half - 1 : half;
        }
        System.arraycopy(keys, low, keys, low + 1, size - low);
        keys[low] = key;
        return low;
    }

    /**
     * The beam into the buffers of candidates (nodes and distances), nearest first, without this node and what has no
     * code; returns how many.
     */
    int takeBeam(int without) {
        reserve(beamSize + 1);
        int count = 0;
        for (int i = 0; i < beamSize; i++) {
            int node = node(beam[i]);
            float distance = distance(beam[i]);
            if (node != without && distance < Float.POSITIVE_INFINITY) {
                nodes[count] = node;
                distances[count++] = distance;
            }
        }
        return count;
    }

    /** Sorts the first candidates by distance; by insertion, since they are a few dozen. */
    void sortCandidates(int count) {
        for (int i = 1; i < count; i++) {
            int node = nodes[i];
            float distance = distances[i];
            int at = i - 1;
            while (at >= 0 && distances[at] > distance) {
                nodes[at + 1] = nodes[at];
                distances[at + 1] = distances[at];
                at--;
            }
            nodes[at + 1] = node;
            distances[at + 1] = distance;
        }
    }
}
