package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds what is broken on purpose. */
class GraphCheckTest {

    private static final int COUNT = 2_000;

    @TempDir
    Path directory;
    private VectorSegment segment;
    private NativeGraph graph;

    @BeforeEach
    void build() {
        VectorConfig config = new VectorConfig(8, Space.L2, 8, 40, 40);
        segment = VectorSegment.open(directory, config, 0, null);
        TestVectors.append(segment, TestVectors.clustered(TestVectors.random("GraphCheckTest"), COUNT, 8));
        TestVectors.linkAll(segment);
        graph = ((NativeVectorIndex) segment.graph().index()).graph();
    }

    @AfterEach
    void close() {
        segment.close();
    }

    private void put(int ordinal, int place, int link) {
        Memory.putInt(graph.level0.address(ordinal) + 4L * place, link);
    }

    private int get(int ordinal, int place) {
        return Memory.getInt(graph.level0.address(ordinal) + 4L * place);
    }

    private void assertProblem(String part) {
        assertThat(GraphCheck.problems(graph, segment.view().codes())).anyMatch(it -> it.contains(part));
    }

    @Test
    void aBuiltGraphHasNoProblems() {
        assertThat(GraphCheck.problems(graph, segment.view().codes())).isEmpty();
    }

    @Test
    void foreignLinksAreFound() {
        put(7, 0, COUNT);
        put(8, 1, get(8, 0));
        put(9, 0, 9);
        assertProblem("7: a link to " + COUNT);
        assertProblem("8: two links");
        assertProblem("9: a link to itself");
    }

    @Test
    void aLostParentIsFound() {
        for (int place = 0; place < graph.neighborsMax0; place++) {
            int link = get(11, place);
            put(11, place, link == NativeGraph.NONE ? link : link & ~NativeGraph.PROTECTED);
        }
        assertProblem("-> 11 has no partner");
    }

    @Test
    void aNodeThatNobodyNamesIsFound() {
        for (int node = 0; node < COUNT; node++) {
            for (int place = 0; place < graph.neighborsMax0; place++) {
                int link = get(node, place);
                if (link != NativeGraph.NONE && (link & ~NativeGraph.PROTECTED) == 13) {
                    put(node, place, node == 0 ? 1 : 0);
                }
            }
        }
        assertProblem("cannot be reached");
    }

    @Test
    void brokenUpperLevelsAreFound() {
        GraphLayer layer = graph.layers[1];
        Memory.putInt(layer.rows.address(3) + 4, layer.ordinal(4));
        Memory.putInt(layer.linksAddress(5), layer.size());
        assertProblem("level 1: below node 3");
        assertProblem("level 1: node 5 has a wrong link");
    }
}
