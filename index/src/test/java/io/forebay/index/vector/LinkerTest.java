package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** What the linker does when a graph refuses a vector. */
class LinkerTest {

    private static final VectorConfig CONFIG = new VectorConfig(8, Space.L2, 8, 50, 50);
    private static final SearchTuning EAGER = new SearchTuning(0.01, 0.2, 100);

    /** hnswlib-core that refuses every tenth vector, once with an error. */
    private static final class Unwilling implements VectorIndex {
        private final VectorIndex inner = new HnswlibVectorIndex(CONFIG);
        private boolean outOfMemory = true;

        @Override
        public void add(VectorView view, int ordinal) {
            if (ordinal == 55 && outOfMemory) {
                outOfMemory = false;
                throw new OutOfMemoryError("for the test");
            }
            if (ordinal % 10 == 3) {
                throw new IllegalStateException("refused for the test: " + ordinal);
            }
            inner.add(view, ordinal);
        }

        @Override
        public void order(VectorView view, int[] ordinals) {
            inner.order(view, ordinals);
        }

        @Override
        public boolean search(PreparedQuery query, VectorView view, int k, int ef, Candidates candidates,
                ExactScan scan) {
            return inner.search(query, view, k, ef, candidates, scan);
        }

        @Override
        public int size() {
            return inner.size();
        }

        @Override
        public long bytes() {
            return inner.bytes();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @TempDir
    Path directory;

    @Test
    void whatTheGraphRefusesIsFoundByEveryViewAllTheSame() throws Exception {
        Random random = TestVectors.random("LinkerTest");
        float[][] vectors = TestVectors.gaussian(random, 300, 8);
        try (VectorArena arena = VectorArena.open(directory, 8, 0, DeadSet.EMPTY)) {
            arena.write(0, TestVectors.bytes(vectors), IntStream.range(0, 300).toArray(), 300);
            Linker linker = new Linker(CONFIG, EAGER, Unwilling::new);
            VectorView view = new VectorView(linker, CONFIG, arena.rows(), null, 300, DeadSet.EMPTY,
                    DeadSet.EMPTY,
                    7);
            assertThat(linker.link(view, 50)).isEqualTo(50);
            assertThatThrownBy(() -> linker.link(view, 50)).isInstanceOf(OutOfMemoryError.class);
            assertThat(linker.graph().linked()).isZero();
            assertThat(linker.hasWork(view)).isTrue();
            List<Integer> slices = new ArrayList<>();
            for (int linked = linker.link(view, 100); linked > 0; linked = linker.link(view, 100)) {
                slices.add(linked);
            }
            // The slice that failed goes on at the ordinal that did.
            assertThat(slices).containsExactly(45, 100, 100);
            assertThat(linker.graph().linked()).isEqualTo(300);
            assertThat(linker.graph().size()).isEqualTo(270);
            RoaringBitmap odd = new RoaringBitmap();
            IntStream.range(0, 300).filter(i -> i % 2 == 1).forEach(odd::add);
            for (int ordinal = 0; ordinal < 300; ordinal++) {
                assertThat(view.search(vectors[ordinal], 1, null, SearchOptions.DEFAULT).ordinals())
                        .containsExactly(ordinal);
                assertThat(view.search(vectors[ordinal], 5, odd, SearchOptions.DEFAULT).ordinals()).hasSize(5)
                        .doesNotHaveDuplicates();
            }
        }
    }

    /** Another thread may come with the view of a moment ago: its rows end before those of the window do. */
    @Test
    void aWindowIsNotSharedWithAnOlderView() throws Exception {
        float[][] vectors = TestVectors.gaussian(TestVectors.random("LinkerTest"), 300, 8);
        try (VectorArena arena = VectorArena.open(directory, 8, 0, DeadSet.EMPTY)) {
            arena.write(0, TestVectors.bytes(vectors), IntStream.range(0, 300).toArray(), 300);
            Linker linker = new Linker(CONFIG, EAGER, () -> new HnswlibVectorIndex(CONFIG));
            VectorView older = new VectorView(linker, CONFIG, arena.rows(), null, 100, DeadSet.EMPTY,
                    DeadSet.EMPTY, 6);
            VectorView younger = new VectorView(linker, CONFIG, arena.rows(), null, 300, DeadSet.EMPTY,
                    DeadSet.EMPTY, 7);
            assertThat(linker.link(younger, 50)).isEqualTo(50);
            assertThat(linker.link(older, 50)).isZero();
            assertThat(linker.link(younger, 300)).isEqualTo(250);
            assertThat(linker.graph().linked()).isEqualTo(300);
            assertThat(linker.graph().missingFor(7)).isNull();
        }
    }
}
