package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roaringbitmap.RoaringBitmap;

/** The scan by codes against the scan of the rows themselves: the same ordinals, the same distances. */
class CodeScanTest {

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("CodeScanTest");
    private int asked;
    private int missed;

    private void check(Space space, float[][] vectors, List<float[]> queries, int... ks) {
        VectorConfig config = new VectorConfig(vectors[0].length, space, 16, 100, 100);
        Path place = directory.resolve("s" + asked);
        try (VectorSegment segment = VectorSegment.open(place, config, 0, null)) {
            TestVectors.append(segment, vectors);
            random.ints(vectors.length / 20, 0, vectors.length).forEach(segment::kill);
            VectorView view = segment.publish();
            RoaringBitmap allowed = new RoaringBitmap();
            for (int ordinal = 0; ordinal < vectors.length; ordinal += 1 + random.nextInt(3)) {
                allowed.add(ordinal);
            }
            for (float[] query : queries) {
                for (int k : ks) {
                    compare(view, query, k, null);
                    compare(view, query, k, allowed);
                }
            }
        }
    }

    private void compare(VectorView view, float[] query, int k, RoaringBitmap allowed) {
        PreparedQuery prepared = PreparedQuery.of(query, view.config());
        ExactScan byRows = new ExactScan(prepared, view.rows(), view.hidden(), k);
        ExactScan byCodes = new ExactScan(prepared, view.rows(), view.hidden(), k);
        if (allowed == null) {
            byRows.range(0, view.count());
            CodeScan.range(prepared, view, byCodes, 0, view.count());
        } else {
            byRows.members(allowed, 10, view.count() - 10);
            CodeScan.members(prepared, view, byCodes, allowed, 10, view.count() - 10);
        }
        Neighbors expected = byRows.finish();
        Neighbors found = byCodes.finish();
        assertThat(found.size()).isEqualTo(expected.size());
        asked += expected.size();
        for (int i = 0; i < found.size(); i++) {
            // One kernel scores a row alone, the other four at once: the last digit may differ.
            float tolerance = 1e-5f * (1 + Math.abs(expected.distances()[i]));
            missed += Math.abs(found.distances()[i] - expected.distances()[i]) > tolerance ? 1 : 0;
        }
    }

    private void checkMisses() {
        assertThat((double) missed / asked).as("%d of %d", missed, asked).isLessThan(0.0001);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void findsWhatTheExactScanFinds(Space space) {
        for (int dimension : new int[]{1, 3, 24, 100}) {
            float[][] all = TestVectors.clustered(random, 3030, dimension);
            check(space, Arrays.copyOf(all, 3000), Arrays.asList(all).subList(2990, 3030), 1, 10, 300, 5000);
        }
        checkMisses();
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void rowsOfVeryDifferentLengthsAreFound(Space space) {
        float[][] all = TestVectors.gaussian(random, 3040, 32);
        for (float[] vector : all) {
            float factor = (float) Math.exp(2 * random.nextGaussian());
            for (int i = 0; i < vector.length; i++) {
                vector[i] = vector[i] * factor + 0.3f;
            }
        }
        List<float[]> queries = new ArrayList<>(Arrays.asList(all).subList(3000, 3040));
        // In the midst of all, where the query's own codes are all but exact and those of the rows are not.
        float[] centre = new float[32];
        Arrays.fill(centre, 0.3f);
        queries.add(centre);
        queries.add(new float[32]);
        check(space, Arrays.copyOf(all, 3000), queries, 1, 10, 100);
        checkMisses();
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void magnitudesBeyondSinglePrecisionAreFound(Space space) {
        float[][] all = TestVectors.gaussian(random, 1020, 16);
        for (float[] vector : all) {
            float factor = (float) Math.pow(10, 37 * (2 * random.nextDouble() - 1));
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= factor;
            }
        }
        check(space, Arrays.copyOf(all, 1000), Arrays.asList(all).subList(1000, 1020), 1, 10);
        checkMisses();
    }

    @Test
    void anOrderWithTheFarthestInFrontChangesNothing() {
        float[][] vectors = TestVectors.clustered(random, 3000, 24);
        float[] query = TestVectors.gaussian(random, 1, 24)[0];
        Arrays.sort(vectors, Comparator.comparingDouble(
                (float[] vector) -> -TestVectors.distance(Space.L2, vector, query)));
        check(Space.L2, vectors, List.of(query), 1, 10, 100);
        checkMisses();
    }

    @Test
    void ofEqualVectorsTheLowestOrdinalsAreFound() {
        float[][] kinds = TestVectors.gaussian(random, 3, 24);
        float[][] vectors = new float[3000][];
        Arrays.setAll(vectors, i -> kinds[random.nextInt(kinds.length)]);
        VectorConfig config = new VectorConfig(24, Space.COSINE, 16, 100, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null)) {
            VectorView view = TestVectors.append(segment, vectors);
            for (float[] kind : kinds) {
                int[] all = java.util.stream.IntStream.range(0, 3000).filter(i -> vectors[i] == kind)
                        .toArray();
                for (int k : new int[]{1, 10, 500}) {
                    assertThat(view.search(kind, k, null, SearchOptions.DEFAULT).ordinals())
                            .isEqualTo(Arrays.copyOf(all, k));
                }
            }
        }
    }

    @Test
    void aRecordJustAppliedIsFoundByItsVector() {
        float[][] vectors = TestVectors.clustered(random, 2000, 48);
        for (Space space : List.of(Space.L2, Space.COSINE)) {
            VectorConfig config = new VectorConfig(48, space, 16, 100, 100);
            try (VectorSegment segment = VectorSegment.open(directory.resolve(space.name()), config, 0,
                    null)) {
                VectorView view = TestVectors.append(segment, vectors);
                for (int ordinal = 0; ordinal < vectors.length; ordinal++) {
                    assertThat(view.search(vectors[ordinal], 1, null, SearchOptions.DEFAULT).ordinals())
                            .containsExactly(ordinal);
                }
            }
        }
    }

    @Test
    void realEmbeddingsAreFoundAsByTheExactScan() throws IOException {
        Path data = TestVectors.dataFolder();
        org.junit.jupiter.api.Assumptions.assumeTrue(data != null, "no folder of real data");
        float[][] vectors = TestVectors.halfMatrix(data.resolve("peps-40509-minilm384.f16.npy"), 4000);
        float[][] queries = TestVectors.halfMatrix(data.resolve("peps-queries-1000-minilm384.f16.npy"), 100);
        check(Space.COSINE, vectors, Arrays.asList(queries), 10, 100);
        checkMisses();
    }
}
