package io.forebay.index.vector;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Says what is wrong with a graph that nobody changes meanwhile: links out of range, to themselves, twice, or
 * to what is no node; rows with a gap; protected links without their partner, or that are no tree of all
 * nodes; nodes that cannot be reached from the entry; upper levels whose numbers do not fit together.
 *
 * <p>Whether an ordinal is a node shows in its row: all but the only node of a graph have a link.
 *
 * <p>Threads: one owner, used once. Reads nothing outside the graph, whatever the links say.
 */
final class GraphCheck {

    private static final int PROBLEMS_MAX = 50;

    private final NativeGraph graph;
    private final int count;
    private final BitSet nodes = new BitSet();
    private final List<String> problems = new ArrayList<>();
    private int suppressed;

    private GraphCheck(NativeGraph graph, int count) {
        this.graph = graph;
        this.count = count;
    }

    /** What is wrong, the first few dozen; empty when all is well. */
    static List<String> problems(NativeGraph graph, CodeRows rows) {
        return problems(graph, rows.count());
    }

    /** @param count all nodes are below this */
    static List<String> problems(NativeGraph graph, int count) {
        GraphCheck check = new GraphCheck(graph, count);
        check.run();
        Reference.reachabilityFence(graph);
        if (check.suppressed > 0) {
            check.problems.add("and " + check.suppressed + " more");
        }
        return List.copyOf(check.problems);
    }

    private void run() {
        NativeGraph.Entry entry = graph.entry();
        findNodes();
        if (entry == null) {
            if (!nodes.isEmpty()) {
                problem("%d nodes and no entry", nodes.cardinality());
            }
            return;
        }
        int start = bottom(entry);
        if (start < 0) {
            return;
        }
        nodes.set(start);
        if (nodes.cardinality() != graph.size()) {
            problem("%d nodes, but the graph says %d", nodes.cardinality(), graph.size());
        }
        nodes.stream().forEach(this::checkRow);
        checkTree();
        checkReachable(start);
        for (int level = 1; level <= NativeGraph.LEVELS_MAX; level++) {
            checkLayer(level);
        }
        if (entry.level() < NativeGraph.LEVELS_MAX && graph.layers[entry.level() + 1].size() > 0) {
            problem("level %d has nodes above the entry of level %d", entry.level() + 1, entry.level());
        }
    }

    private void problem(String format, Object... values) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(format.formatted(values));
        } else {
            suppressed++;
        }
    }

    private void findNodes() {
        for (int ordinal = 0; ordinal < count; ordinal++) {
            long row = graph.level0.address(ordinal);
            if (row != 0 && Memory.getInt(row) != NativeGraph.NONE) {
                nodes.set(ordinal);
            }
        }
    }

    /** The node of level 0 below the entry, or -1 if there is no way down. */
    private int bottom(NativeGraph.Entry entry) {
        int node = entry.node();
        for (int level = entry.level(); level > 0; level--) {
            if (node < 0 || node >= graph.layers[level].size()) {
                problem("entry: no node %d on level %d", node, level);
                return -1;
            }
            node = graph.layers[level].below(node);
        }
        if (node < 0 || node >= count || !graph.level0.has(node)) {
            problem("entry: no ordinal %d", node);
            return -1;
        }
        return node;
    }

    private void checkRow(int ordinal) {
        long row = graph.level0.address(ordinal);
        Set<Integer> seen = new HashSet<>();
        boolean ended = false;
        for (int i = 0; i < graph.neighborsMax0; i++) {
            int link = Memory.getInt(row + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                ended = true;
                continue;
            }
            int to = link & ~NativeGraph.PROTECTED;
            if (ended) {
                problem("%d: a link behind the end of its row", ordinal);
            } else if (to == ordinal) {
                problem("%d: a link to itself", ordinal);
            } else if (to >= count || !nodes.get(to)) {
                problem("%d: a link to %d, which is no node", ordinal, to);
            } else if (!seen.add(to)) {
                problem("%d: two links to %d", ordinal, to);
            }
        }
    }

    private boolean isNode(int ordinal) {
        return ordinal < count && nodes.get(ordinal);
    }

    private void checkTree() {
        int[] roots = new int[count];
        Arrays.setAll(roots, i -> i);
        int edges = 0;
        for (int from = nodes.nextSetBit(0); from >= 0; from = nodes.nextSetBit(from + 1)) {
            for (int i = 0; i < graph.neighborsMax0; i++) {
                int link = Memory.getInt(graph.level0.address(from) + ((long) i << 2));
                int to = link & ~NativeGraph.PROTECTED;
                if (link == NativeGraph.NONE || link >= 0 || !isNode(to)) {
                    continue;
                }
                if (!hasLink(to, from | NativeGraph.PROTECTED)) {
                    problem("the protected link %d -> %d has no partner", from, to);
                }
                if (from < to) {
                    edges++;
                }
                roots[root(roots, from)] = root(roots, to);
            }
        }
        long trees = nodes.stream().filter(node -> roots[node] == node).count();
        if (trees > 1) {
            problem("protected links make %d trees of %d nodes", trees, nodes.cardinality());
        } else if (edges != nodes.cardinality() - 1) {
            problem("%d protected pairs for %d nodes", edges, nodes.cardinality());
        }
    }

    private boolean hasLink(int node, int wanted) {
        long row = graph.level0.address(node);
        for (int i = 0; i < graph.neighborsMax0; i++) {
            if (Memory.getInt(row + ((long) i << 2)) == wanted) {
                return true;
            }
        }
        return false;
    }

    static int root(int[] roots, int of) {
        int node = of;
        while (roots[node] != node) {
            roots[node] = roots[roots[node]];
            node = roots[node];
        }
        return node;
    }

    private void checkReachable(int start) {
        BitSet reached = new BitSet();
        int[] queue = new int[nodes.cardinality()];
        int end = 0;
        queue[end++] = start;
        reached.set(start);
        for (int at = 0; at < end; at++) {
            long row = graph.level0.address(queue[at]);
            for (int i = 0; i < graph.neighborsMax0; i++) {
                int link = Memory.getInt(row + ((long) i << 2));
                int to = link & ~NativeGraph.PROTECTED;
                if (link != NativeGraph.NONE && isNode(to) && !reached.get(to)) {
                    reached.set(to);
                    queue[end++] = to;
                }
            }
        }
        if (end < nodes.cardinality()) {
            BitSet lost = (BitSet) nodes.clone();
            lost.andNot(reached);
            problem("%d of %d nodes cannot be reached from the entry, the first is %d", lost.cardinality(),
                    nodes.cardinality(), lost.nextSetBit(0));
        }
    }

    private void checkLayer(int level) {
        GraphLayer layer = graph.layers[level];
        BitSet ordinals = new BitSet();
        for (int node = 0; node < layer.size(); node++) {
            int ordinal = layer.ordinal(node);
            int below = layer.below(node);
            if (ordinal < 0 || !isNode(ordinal) || graph.levelOf(ordinal) < level) {
                problem("level %d: node %d stands for ordinal %d, which does not belong there", level, node,
                        ordinal);
                continue;
            }
            if (ordinals.get(ordinal)) {
                problem("level %d: ordinal %d twice", level, ordinal);
            }
            ordinals.set(ordinal);
            boolean fits = level == 1
                    ? below == ordinal
                    : below >= 0 && below < graph.layers[level - 1].size()
                            && graph.layers[level - 1].ordinal(below) == ordinal;
            if (!fits) {
                problem("level %d: below node %d of ordinal %d is %d", level, node, ordinal, below);
            }
            checkUpperLinks(level, layer, node);
        }
    }

    private void checkUpperLinks(int level, GraphLayer layer, int node) {
        Set<Integer> seen = new HashSet<>();
        boolean ended = false;
        for (int i = 0; i < layer.links(); i++) {
            int link = Memory.getInt(layer.linksAddress(node) + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                ended = true;
            } else if (ended || link == node || link < 0 || link >= layer.size() || !seen.add(link)) {
                problem("level %d: node %d has a wrong link %d", level, node, link);
            }
        }
    }
}
