package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk in the native kernels against that in Java: the same nodes at the same distances in the same order. */
class NativeWalkTest {

    private static final VectorConfig CONFIG = new VectorConfig(70, Space.L2, 8, 60, 50, IndexEngine.NATIVE);
    private final Random random = TestVectors.random("NativeWalkTest");

    @TempDir
    Path directory;

    @Test
    void itFindsWhatTheWalkInJavaFinds() {
        assumeTrue(NativeKernels.available(), "no native kernels here");
        float[][] vectors = TestVectors.clustered(random, 6000, 70);
        // Equal vectors, so that ties are decided alike too.
        for (int i = 0; i < 300; i++) {
            vectors[random.nextInt(6000)] = vectors[random.nextInt(6000)];
        }
        try (VectorSegment segment = VectorSegment.open(directory, CONFIG, 0, null)) {
            VectorView older = TestVectors.append(segment, Arrays.copyOf(vectors, 4500));
            VectorView view = TestVectors.append(segment, Arrays.copyOfRange(vectors, 4500, 6000));
            TestVectors.linkAll(segment);
            NativeGraph graph = ((NativeVectorIndex) segment.graph().index()).graph();
            for (int i = 0; i < 300; i++) {
                int ef = 1 + random.nextInt(i % 10 == 0 ? 7000 : 300);
                // An older view must not look at codes that it does not have.
                CodeRows codes = (i % 3 == 0 ? older : view).codes();
                check(graph, codes, vectors[random.nextInt(6000)], ef, random.nextInt());
            }
        }
    }

    private static void check(NativeGraph graph, CodeRows codes, float[] query, int ef, int tieMask) {
        GraphScratch inC = GraphScratch.ofThread();
        GraphScratch inJava = new GraphScratch();
        for (GraphScratch scratch : new GraphScratch[]{inC, inJava}) {
            codes.encoder().encode(query, scratch.query, scratch.encoding);
            scratch.tieMask = tieMask >>> 1;
            scratch.begin(ef, graph.neighborsMax0);
            NativeGraph.start(0, codes, ef, scratch);
        }
        inC.walk().run(graph.level0, codes, ef, inC);
        graph.beamInJava(codes, ef, inJava);
        assertThat(inC.beamSize).isEqualTo(inJava.beamSize);
        assertThat(Arrays.copyOf(inC.beam, inC.beamSize))
                .isEqualTo(Arrays.copyOf(inJava.beam, inJava.beamSize));
        for (int i = 0; i < inC.beamSize; i++) {
            assertThat(inC.node(inC.beam[i])).isLessThan(codes.count());
        }
    }
}
