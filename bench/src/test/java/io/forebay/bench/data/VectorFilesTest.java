package io.forebay.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.data.VectorFiles.Beside;
import io.forebay.client.dataset.DatasetException;
import io.forebay.model.Space;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as public datasets have them, whole and damaged. */
class VectorFilesTest {
    private static final float[][] ROWS = {{1, 2, 3}, {4, 5, 6}, {7, 8, 250}};
    private static final float[][] QUERIES = {{1, 2, 4}, {7, 8, 9}};
    private static final int[][] ANSWERS = {{0, 1}, {2, 1}};

    @TempDir
    private Path folder;

    private Path write(String name, ByteBuffer bytes) throws IOException {
        return Files.write(folder.resolve(name), Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Path fvecs(String name, float[]... rows) throws IOException {
        ByteBuffer out = buffer();
        for (float[] row : rows) {
            out.putInt(row.length);
            for (float value : row) {
                out.putFloat(value);
            }
        }
        return write(name, out);
    }

    private Path ivecs(String name, int[]... rows) throws IOException {
        ByteBuffer out = buffer();
        for (int[] row : rows) {
            out.putInt(row.length);
            Arrays.stream(row).forEach(out::putInt);
        }
        return write(name, out);
    }

    private Path fbin(String name, float[]... rows) throws IOException {
        ByteBuffer out = buffer().putInt(rows.length).putInt(rows[0].length);
        for (float[] row : rows) {
            for (float value : row) {
                out.putFloat(value);
            }
        }
        return write(name, out);
    }

    private static void assertIsTheSet(VectorData data) {
        assertThat(data.rows()).containsExactly(ROWS);
        assertThat(data.queries()).containsExactly(QUERIES);
        assertThat(data.neighbours()).containsExactly(ANSWERS);
        assertThat(data.records()).isEqualTo(3);
    }

    @Test
    void queriesAndAnswersAreFoundBesideTheRecordsByTheirNames() throws Exception {
        Path base = fvecs("sift_base.fvecs", ROWS);
        fvecs("sift_query.fvecs", QUERIES);
        ivecs("sift_groundtruth.ivecs", ANSWERS);
        VectorData data = VectorFiles.read(base, Beside.NOTHING, 100);
        assertIsTheSet(data);
        assertThat(data.space()).isEqualTo(Space.L2);
        assertThat(data.files()).extracting(FileHash::name).containsExactly("sift_base.fvecs",
                "sift_query.fvecs", "sift_groundtruth.ivecs");
        assertThat(data.files()).extracting(FileHash::sha256).doesNotHaveDuplicates()
                .allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    }

    @Test
    void pathsThatAreGivenAreUsedAndTheSpaceIsAsGiven() throws Exception {
        Path base = fbin("records.fbin", ROWS);
        ByteBuffer answers = buffer().putInt(2).putInt(2);
        for (int[] row : ANSWERS) {
            answers.putInt(row[0]).putInt(row[1]);
        }
        for (int i = 0; i < 4; i++) {
            answers.putFloat(0.5f); // the distances, as big-ann-benchmarks has them
        }
        VectorData data = VectorFiles.read(base, new Beside(fbin("asked.fbin", QUERIES),
                write("truth.ibin", answers), Space.COSINE), 100);
        assertIsTheSet(data);
        assertThat(data.space()).isEqualTo(Space.COSINE);
    }

    @Test
    void bytesAreReadWithTheirSign() throws Exception {
        ByteBuffer u8 = buffer().putInt(1).putInt(3).put(new byte[]{7, 8, (byte) 250});
        ByteBuffer bvecs = buffer().putInt(3).put(new byte[]{7, 8, (byte) 250});
        assertThat(VectorFiles.floats(write("a.u8bin", u8), 9)).containsExactly(new float[]{7, 8, 250});
        assertThat(VectorFiles.floats(write("a.i8bin", u8), 9)).containsExactly(new float[]{7, 8, -6});
        assertThat(VectorFiles.floats(write("a.bvecs", bvecs), 9)).containsExactly(new float[]{7, 8, 250});
    }

    @Test
    void withoutQueriesTheLastRecordsAreTakenForThem() throws Exception {
        float[][] rows = new float[30][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[]{i, 1};
        }
        VectorData data = VectorFiles.read(fvecs("points.fvecs", rows), Beside.NOTHING, 5);
        assertThat(data.queries()).hasSize(3).first().isEqualTo(new float[]{27, 1});
        assertThat(data.rows()).hasSize(5);
        assertThat(data.records()).isEqualTo(27);
        assertThat(data.neighbours()).isNull();
    }

    @Test
    void anHdf5FileHasAllOfIt() throws Exception {
        Path file = hdf5("angular", ROWS);
        VectorData data = VectorFiles.read(file, Beside.NOTHING, 100);
        assertIsTheSet(data);
        assertThat(data.space()).isEqualTo(Space.COSINE);
        assertThat(VectorFiles.read(file, Beside.NOTHING, 2).rows()).hasSize(2);
        assertThat(VectorFiles.read(file, Beside.NOTHING, 2).records()).isEqualTo(3);
    }

    private Path hdf5(String distance, float[][] rows) {
        Path file = folder.resolve(distance + ".hdf5");
        try (WritableHdfFile out = HdfFile.write(file)) {
            out.putAttribute("distance", distance);
            out.putDataset("train", rows);
            out.putDataset("test", QUERIES);
            out.putDataset("neighbors", ANSWERS);
        }
        return file;
    }

    @Test
    void distancesThatAreNotOursAreRefused() {
        assertRefused(hdf5("jaccard", ROWS), "jaccard", "only euclidean, angular and dot");
    }

    @Test
    void damagedHdf5IsToldByItsName() throws Exception {
        Path cut = hdf5("euclidean", ROWS);
        byte[] whole = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertRefused(cut, "euclidean.hdf5");
        Path other = folder.resolve("other.hdf5");
        Files.writeString(other, "no such format", StandardCharsets.US_ASCII);
        assertRefused(other, "other.hdf5 is not an HDF5 file");
    }

    @Test
    void aFileThatIsCutOffIsToldWithThePlace() throws Exception {
        Path whole = fvecs("a.fvecs", ROWS);
        byte[] bytes = Files.readAllBytes(whole);
        for (int length = 1; length < bytes.length; length++) {
            if (length % 16 == 0) {
                continue; // whole rows
            }
            Path cut = Files.write(folder.resolve("cut.fvecs"), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> VectorFiles.floats(cut, 9)).isInstanceOf(DatasetException.class)
                    .hasMessageContaining("cut.fvecs at offset " + length);
        }
        byte[] counted = Files.readAllBytes(fbin("b.fbin", ROWS));
        for (int length = 0; length < counted.length; length++) {
            Path cut = Files.write(folder.resolve("cut.fbin"), Arrays.copyOf(counted, length));
            assertThatThrownBy(() -> VectorFiles.floats(cut, 9)).isInstanceOf(DatasetException.class)
                    .hasMessageContaining("cut.fbin at offset " + length);
        }
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() throws Exception {
        assertRefused(fvecs("mixed.fvecs", new float[]{1, 2}, new float[]{1, 2, 3}), "row 1 has dimension 3");
        assertRefused(write("huge.fvecs", buffer().putInt(-1)), "a dimension of 4294967295");
        assertRefused(write("none.fvecs", buffer().putInt(0)), "a dimension of 0");
        assertRefused(write("long.fbin", buffer().putInt(1).putInt(1).putFloat(1).putFloat(2)), "12",
                "16 bytes");
        assertRefused(fvecs("few.fvecs", ROWS), "too few");
        assertRefused(write("records.csv", buffer()), ".csv is of no kind that is read");
        assertRefused(fvecs("nan.fvecs", new float[]{Float.NaN}), "row 0 holds NaN");
        fvecs("wide_query.fvecs", new float[]{1});
        assertRefused(fvecs("wide_base.fvecs", ROWS), "has dimension 1", "has 3");
        fvecs("far_query.fvecs", QUERIES);
        ivecs("far_groundtruth.ivecs", new int[]{0}, new int[]{3});
        assertRefused(fvecs("far_base.fvecs", ROWS), "names record 3 of 3");
        ivecs("far_groundtruth.ivecs", new int[]{0});
        assertRefused(folder.resolve("far_base.fvecs"), "answers 1 queries of 2");
        assertThatThrownBy(() -> VectorFiles.floats(ivecs("a.ivecs", ANSWERS), 9))
                .hasMessageContaining("holds integers");
    }

    private static void assertRefused(Path file, String... words) {
        assertThatThrownBy(() -> VectorFiles.read(file, Beside.NOTHING, 100))
                .isInstanceOf(DatasetException.class).hasMessageContainingAll(words);
    }

    @Test
    void theHashOfASetFollowsEveryByteOfEveryFile() throws Exception {
        FileHash one = FileHash.of(fvecs("a.fvecs", ROWS));
        FileHash same = FileHash.of(fvecs("b.fvecs", ROWS));
        FileHash other = FileHash.of(fvecs("c.fvecs", QUERIES));
        assertThat(one.sha256()).isEqualTo(same.sha256());
        assertThat(one.bytes()).isEqualTo(48);
        assertThat(FileHash.ofAll(List.of(one, other))).isNotEqualTo(FileHash.ofAll(List.of(other, one)))
                .isNotEqualTo(FileHash.ofAll(List.of(one)));
    }
}
