package io.forebay.bench.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.load.Workspace;
import io.forebay.client.dataset.ExactSearch;
import io.forebay.index.vector.IndexEngine;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That every side does the work whose time is taken, and that recall is what it says. */
class IndexSidesTest {
    private static final int ROWS = 600;
    private static final int QUERIES = 30;

    @TempDir
    private Path directory;

    private static VectorSet set(Space space) {
        float[][] all = BenchVectors.clustered(new Random(5), ROWS + QUERIES, 24);
        return new VectorSet("small", space, Arrays.copyOf(all, ROWS),
                Arrays.copyOfRange(all, ROWS, all.length));
    }

    private static IndexSettings settings(IndexEngine engine) {
        return new IndexSettings(Set.of(), List.of(), engine, 1, false, ROWS, QUERIES, 64, 0, null);
    }

    private static int[][] exact(VectorSet set) {
        return ExactSearch.nearest(List.of(set.rows()), List.of(set.queries()), set.space(), VectorSet.K)
                .toArray(int[][]::new);
    }

    @Test
    void theExactAnswersHaveRecallOneAndEachOfThemCountsOnce() throws Exception {
        for (Space space : new Space[]{Space.L2, Space.COSINE}) {
            VectorSet set = set(space);
            int[][] found = exact(set);
            assertThat(set.exact().recall(found)).isEqualTo(1);
            found[0] = new int[0];
            assertThat(set.exact().recall(found)).isEqualTo(1 - 1.0 / QUERIES);
            Arrays.fill(found, new int[]{found[1][0], found[1][0]});
            assertThat(set.exact().recall(found))
                    .isLessThanOrEqualTo(1.0 / VectorSet.K);
        }
    }

    @Test
    void aRowAsNearAsTheTenthCounts() throws Exception {
        float[][] rows = new float[40][2];
        for (int i = 0; i < rows.length; i++) {
            rows[i][0] = i / 20;
        }
        ExactAnswers answers = ExactAnswers.of(rows, new float[][]{{0, 0}}, Space.L2, 10, null);
        assertThat(answers.recall(new int[][]{{19, 18, 17, 16, 15, 14, 13, 12, 11, 10}})).isEqualTo(1);
        assertThat(answers.recall(new int[][]{{0, 1, 2, 3, 4, 5, 6, 7, 8, 20}})).isEqualTo(0.9);
    }

    @Test
    void amongFewAllowedRowsAllOfThemAreWanted() throws Exception {
        VectorSet set = set(Space.L2);
        ExactAnswers answers = ExactAnswers.of(set.rows(), set.queries(), Space.L2, 10, new int[]{3, 99});
        int[][] found = new int[QUERIES][];
        Arrays.fill(found, new int[]{99, 3});
        assertThat(answers.recall(found)).isEqualTo(1);
        Arrays.fill(found, new int[]{99});
        assertThat(answers.recall(found)).isBetween(0.5, 1.0);
    }

    @Test
    void everySideLinksAllRowsAndFindsThem() throws Exception {
        for (Space space : new Space[]{Space.L2, Space.COSINE}) {
            VectorSet set = set(space);
            try (Workspace workspace = Workspace.in(directory);
                    SegmentGraph ours = new SegmentGraph(set, settings(IndexEngine.NATIVE), workspace);
                    SegmentGraph theirs = new SegmentGraph(set, settings(IndexEngine.HNSWLIB), workspace);
                    CoreGraph core = new CoreGraph(set)) {
                for (Graph graph : new Graph[]{ours, theirs, core}) {
                    Times times = graph.build();
                    assertThat(times.wallSeconds()).isPositive();
                    Answers answers = graph.search(400, 0);
                    assertThat(answers.searches()).isEqualTo(QUERIES);
                    assertThat(set.exact().recall(answers.found())).isGreaterThan(0.95);
                }
                assertThat(ours.segment().linked()).isEqualTo(ROWS);
            }
        }
    }

    @Test
    void batchesAndThreadsLinkTheSameRows() throws Exception {
        VectorSet set = set(Space.L2);
        try (Workspace workspace = Workspace.in(directory);
                SegmentGraph batches = new SegmentGraph(set, settings(IndexEngine.NATIVE), workspace);
                SegmentGraph threads = new SegmentGraph(set, settings(IndexEngine.NATIVE), workspace)) {
            batches.buildInBatches(70);
            threads.append();
            threads.linkAll(2);
            for (SegmentGraph graph : new SegmentGraph[]{batches, threads}) {
                assertThat(graph.segment().linked()).isEqualTo(ROWS);
                assertThat(set.exact().recall(graph.search(400, 0).found())).isGreaterThan(0.95);
            }
        }
    }

    @Test
    void queriesAreAskedUntilTheTimeIsUsed() throws Exception {
        List<Integer> asked = new ArrayList<>();
        Answers answers = Answers.ask(3, 0.002, query -> {
            asked.add(query);
            return new int[]{asked.size()};
        });
        assertThat(answers.searches()).isEqualTo(asked.size()).isGreaterThan(3);
        assertThat(asked.subList(0, 6)).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(answers.found()).isDeepEqualTo(new int[][]{{1}, {2}, {3}});
        assertThat(answers.times().cpuSeconds()).isGreaterThanOrEqualTo(0.002);
    }

    @Test
    void theSameSeedMakesTheSameSet() {
        assertThat(BenchVectors.lowDimensional(new Random(1), 20, 128))
                .isDeepEqualTo(BenchVectors.lowDimensional(new Random(1), 20, 128));
        float[][] rows = {{0, 1}, {1, 0}};
        float[][] extended = BenchVectors.extended(new Random(1), rows, 6);
        assertThat(extended).hasDimensions(6, 2);
        assertThat(extended[1]).containsExactly(1, 0).isNotSameAs(rows[1]);
        assertThat(extended[4][1]).isBetween(0.9f, 1f);
    }

    @Test
    void aPeerThatSaysSomethingElseIsAnErrorWithItsWords() throws Exception {
        Path program = directory.resolve("peer");
        Files.writeString(program, "#!/bin/sh\nread command\necho no graph today\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        try (Workspace workspace = Workspace.in(directory);
                CppGraph graph = new CppGraph(set(Space.L2), program, workspace)) {
            assertThatThrownBy(graph::build).isInstanceOf(IOException.class)
                    .hasMessageContaining("no graph today");
        }
    }

    @Test
    void aPeerIsAskedForWhatItAnswers() throws Exception {
        Path program = directory.resolve("peer");
        // Rows of 96 bytes; the labels of the first query are 7 and none, of all others none.
        Files.writeString(program, """
                #!/bin/sh
                test "$1 $2 $5" = "ip 24 10" || exit 1
                test $(wc -c < "$6") = $((600 * 96)) || exit 1
                read command && echo built 1.5 2.5
                read command && test "$command" = "search 40 0.000000" || exit 1
                printf '\\007\\000\\000\\000' > "$8"
                head -c $((30 * 40 - 4)) /dev/zero | tr '\\000' '\\377' >> "$8"
                echo searched 60 0.5 0.75
                """);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        try (Workspace workspace = Workspace.in(directory);
                CppGraph graph = new CppGraph(set(Space.COSINE), program, workspace)) {
            assertThat(graph.build()).isEqualTo(new Times(1.5, 2.5));
            Answers answers = graph.search(40, 0);
            assertThat(answers.perCpuSecond()).isEqualTo(120);
            assertThat(answers.found()).hasNumberOfRows(QUERIES);
            assertThat(answers.found()[0]).containsExactly(7);
            assertThat(answers.found()[1]).isEmpty();
        }
    }
}
