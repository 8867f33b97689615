package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** The files of a segment: reopening, leftovers, damage, growth. */
class VectorArenaTest {

    private static final int DIMENSION = 20;
    private static final int STRIDE = 128;
    private static final String BLOCK = "block-000000";
    private static final long ROWS_AT = 36_864;

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("VectorArenaTest");

    private VectorSegment open(Space space, int committed) {
        return VectorSegment.open(directory, new VectorConfig(DIMENSION, space, 8, 50, 50), committed, null);
    }

    private static void checkRows(VectorView view, float[][] vectors) {
        float[] copy = new float[DIMENSION];
        assertThat(view.count()).isEqualTo(vectors.length);
        for (int ordinal = 0; ordinal < vectors.length; ordinal++) {
            view.copyVector(ordinal, copy);
            assertThat(copy).isEqualTo(vectors[ordinal]);
            assertThat(view.row(ordinal)).isEqualTo(1000 + ordinal);
        }
    }

    @Test
    void everythingCommittedIsFoundAfterReopening() {
        float[][] vectors = TestVectors.gaussian(random, 3000, DIMENSION);
        try (VectorSegment segment = open(Space.COSINE, 0)) {
            checkRows(TestVectors.append(segment, vectors), vectors);
            segment.force();
            segment.force();
        }
        try (VectorSegment segment = open(Space.COSINE, 3000)) {
            checkRows(segment.view(), vectors);
            assertThat(segment.stats().damaged()).isZero();
            Neighbors found = segment.view().search(vectors[77], 1, null, SearchOptions.DEFAULT);
            assertThat(found.ordinals()).containsExactly(77);
            assertThat(found.distances()[0]).isBetween(-1e-6f, 1e-6f);
        }
    }

    @Test
    void leftoversOfACrashAreOverwritten() {
        float[][] vectors = TestVectors.gaussian(random, 50, DIMENSION);
        float[][] others = TestVectors.gaussian(random, 40, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, vectors);
        }
        float[][] expected = java.util.Arrays.copyOf(vectors, 70);
        System.arraycopy(others, 0, expected, 30, 40);
        try (VectorSegment segment = open(Space.L2, 30)) {
            assertThat(segment.count()).isEqualTo(30);
            checkRows(TestVectors.append(segment, others), expected);
        }
        try (VectorSegment segment = open(Space.L2, 70)) {
            checkRows(segment.view(), expected);
            assertThat(segment.damaged().isEmpty()).isTrue();
        }
    }

    @Test
    void growthKeepsOldViewsReadable() {
        float[][] vectors = TestVectors.gaussian(random, 5000, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            java.util.List<VectorView> views = new java.util.ArrayList<>();
            for (int from = 0; from < vectors.length; from += 500) {
                views.add(
                        TestVectors.append(segment, java.util.Arrays.copyOfRange(vectors, from, from + 500)));
            }
            for (VectorView view : views) {
                checkRows(view, java.util.Arrays.copyOf(vectors, view.count()));
                Neighbors found = view.search(vectors[4999], 5, null, SearchOptions.DEFAULT);
                assertThat(found.ordinals())
                        .containsExactly(TestVectors.nearest(Space.L2, vectors, vectors[4999], 5,
                                ordinal -> ordinal < view.count()).stream().mapToInt(i -> i).toArray());
            }
        }
    }

    @Test
    void damagedRowsAreReportedAndKeptOutOfSearches() throws IOException {
        float[][] vectors = TestVectors.gaussian(random, 200, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, vectors);
        }
        flip(BLOCK, ROWS_AT + 17L * STRIDE + 5); // in the vector
        flip(BLOCK, ROWS_AT + 18L * STRIDE + 127); // in the padding
        flip(BLOCK, 64 + 19L * 8 + 1); // in the record number
        flip(BLOCK, 64 + 20L * 8 + 6); // in the checksum
        VectorCheck check = VectorCheck.of(directory, new VectorConfig(DIMENSION, Space.L2, 8, 50, 50), 200,
                null);
        assertThat(check).isEqualTo(new VectorCheck(200, RoaringBitmap.bitmapOf(17, 18, 19, 20), 1, 0));
        try (VectorSegment segment = open(Space.L2, 200)) {
            assertThat(segment.damaged()).isEqualTo(RoaringBitmap.bitmapOf(17, 18, 19, 20));
            assertThat(segment.stats().damaged()).isEqualTo(4);
            assertThat(segment.stats().live()).isEqualTo(200);
            TestVectors.linkAll(segment);
            for (int ordinal = 15; ordinal < 23; ordinal++) {
                int[] nearest = segment.view().search(vectors[ordinal], 200, null, SearchOptions.DEFAULT)
                        .ordinals();
                assertThat(nearest).hasSize(196).doesNotContain(17, 18, 19, 20);
            }
        }
    }

    @Test
    void aTruncatedOrMissingFileCostsOnlyItsRows() throws IOException {
        float[][] vectors = TestVectors.gaussian(random, 100, DIMENSION);
        try (VectorSegment segment = open(Space.COSINE, 0)) {
            TestVectors.append(segment, vectors);
        }
        try (FileChannel file = FileChannel.open(directory.resolve(BLOCK),
                StandardOpenOption.WRITE)) {
            file.truncate(ROWS_AT + 60L * STRIDE);
        }
        try (VectorSegment segment = open(Space.COSINE, 100)) {
            assertThat(segment.damaged()).isEqualTo(RoaringBitmap.bitmapOfRange(60, 100));
            assertThat(segment.view().search(vectors[3], 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(3);
        }
        Files.delete(directory.resolve(BLOCK));
        try (VectorSegment segment = open(Space.COSINE, 100)) {
            assertThat(segment.stats().damaged()).isEqualTo(100);
            assertThat(segment.view().search(vectors[3], 1, null, SearchOptions.DEFAULT).ordinals())
                    .isEmpty();
        }
    }

    @Test
    void aDamagedHeaderIsWrittenAnewButAnotherShapeIsRefused() throws IOException {
        float[][] vectors = TestVectors.gaussian(random, 10, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, vectors);
        }
        flip(BLOCK, 3);
        VectorConfig config = new VectorConfig(DIMENSION, Space.L2, 8, 50, 50);
        assertThat(VectorCheck.of(directory, config, 10, null).damagedHeaders()).isEqualTo(1);
        try (VectorSegment segment = open(Space.L2, 10)) {
            checkRows(segment.view(), vectors);
            assertThat(segment.damaged().isEmpty()).isTrue();
        }
        VectorConfig other = new VectorConfig(DIMENSION + 1, Space.L2, 8, 50, 50);
        assertThatThrownBy(() -> VectorSegment.open(directory, other, 10, null)).isInstanceOf(
                UncheckedIOException.class).hasRootCauseMessage(
                        "%s was made for another shape: version 2, dimension 20, rows of 128 bytes, block 0"
                                .formatted(
                                        directory.resolve(BLOCK)));
        // With nothing committed there is nothing to protect: leftovers of a crash before the first commit.
        try (VectorSegment segment = VectorSegment.open(directory, other, 0, null)) {
            TestVectors.append(segment, TestVectors.gaussian(random, 5, DIMENSION + 1));
        }
        try (VectorSegment segment = VectorSegment.open(directory, other, 5, null)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
        }
    }

    @Test
    void aSmallCollectionTakesLittleDisk() throws IOException {
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, TestVectors.gaussian(random, 3, DIMENSION));
            assertThat(segment.stats().diskBytes()).isEqualTo(64 + 3 * (STRIDE + 8));
            assertThat(Files.size(directory.resolve(BLOCK))).isEqualTo(ROWS_AT + 16 * STRIDE);
            segment.force();
            assertThat(onDisk(directory.resolve(BLOCK))).isLessThan(10_000);
        }
        VectorSegment.delete(directory);
        assertThat(directory).doesNotExist();
    }

    /** Blocks of the file system, holes not counted. */
    private static long onDisk(Path file) throws IOException {
        Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
        try (BufferedReader out = du.inputReader()) {
            return Long.parseLong(out.readLine().split("\\s")[0]);
        }
    }

    @Test
    void noDescriptorStaysOpenWhenEverythingIsSynced() throws IOException {
        float[][] vectors = TestVectors.gaussian(random, 9000, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, vectors);
            assertThat(openFiles()).isEqualTo(3);
            segment.force();
            assertThat(openFiles()).isZero();
            TestVectors.append(segment, vectors[0]);
            assertThat(openFiles()).isEqualTo(1);
        }
        try (VectorSegment segment = open(Space.L2, 9001)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
            assertThat(openFiles()).isZero();
        }
    }

    private int openFiles() throws IOException {
        int open = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : all) {
                try {
                    open += Files.readSymbolicLink(descriptor).startsWith(directory.toRealPath()) ? 1 : 0;
                } catch (NoSuchFileException closedMeanwhile) {
                    // that of the listing itself
                }
            }
        }
        return open;
    }

    @Test
    void anInterruptFailsTheAppendAndNothingElse() {
        float[][] vectors = TestVectors.gaussian(random, 20, DIMENSION);
        try (VectorSegment segment = open(Space.L2, 0)) {
            TestVectors.append(segment, java.util.Arrays.copyOf(vectors, 10));
            ByteBuffer more = TestVectors.bytes(java.util.Arrays.copyOfRange(vectors, 10, 20));
            int[] rows = IntStream.range(1010, 1020).toArray();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> segment.append(more, rows, 10)).isInstanceOf(UncheckedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(segment.publish().count()).isEqualTo(10);
            assertThat(segment.append(more, rows, 10)).isEqualTo(10);
            checkRows(segment.publish(), vectors);
            segment.force();
        }
    }

    private void flip(String file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
            channel.write(one, offset);
        }
    }
}
