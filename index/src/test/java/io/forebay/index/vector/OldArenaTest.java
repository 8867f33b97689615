package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** Files of the first version become blocks, whenever the process dies meanwhile. */
class OldArenaTest {

    private static final int DIMENSION = 20;
    private static final int STRIDE = 128;
    private static final int COUNT = 3 * 4096 + 50;
    private static final VectorConfig CONFIG = new VectorConfig(DIMENSION, Space.L2, 8, 50, 50);

    @TempDir
    Path directory;

    private final float[][] vectors = TestVectors.gaussian(TestVectors.random("OldArenaTest"), COUNT,
            DIMENSION);

    @BeforeEach
    void writeOldFiles() throws IOException {
        // Room was kept ahead.
        ByteBuffer rows = ByteBuffer.allocate(4096 + (COUNT + 500) * STRIDE).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer columns = ByteBuffer.allocate(64 + (COUNT + 500) * 8).order(ByteOrder.LITTLE_ENDIAN);
        header(rows, 0x3152_4f54_4345_5646L, STRIDE);
        header(columns, 0x314d_554c_4f43_5646L, 8);
        for (int i = 0; i < COUNT; i++) {
            rows.slice(4096 + i * STRIDE, STRIDE).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                    .put(vectors[i]);
            columns.putInt(64 + i * 8, 1000 + i);
            CRC32C crc = new CRC32C();
            crc.update(rows.array(), 4096 + i * STRIDE, STRIDE);
            crc.update(columns.array(), 64 + i * 8, 4);
            columns.putInt(64 + i * 8 + 4, (int) crc.getValue());
        }
        Files.write(directory.resolve("arena.vectors"), rows.array());
        Files.write(directory.resolve("arena.columns"), columns.array());
    }

    private static void header(ByteBuffer file, long magic, int entryBytes) {
        file.putLong(0, magic).putInt(8, 1).putInt(12, DIMENSION).putInt(16, entryBytes);
        CRC32C crc = new CRC32C();
        crc.update(file.array(), 0, 28);
        file.putInt(28, (int) crc.getValue());
    }

    private void check(RoaringBitmap live, RoaringBitmap damaged) {
        VectorCheck before = VectorCheck.of(directory, CONFIG, COUNT, live);
        assertThat(before.damaged()).isEqualTo(damaged);
        assertThat(before.checked()).isEqualTo(live == null ? COUNT : live.getCardinality());
        for (int round = 0; round < 2; round++) {
            try (VectorSegment segment = VectorSegment.open(directory, CONFIG, COUNT, live)) {
                assertThat(segment.damaged()).isEqualTo(damaged);
                float[] copy = new float[DIMENSION];
                for (int ordinal = 0; ordinal < COUNT; ordinal++) {
                    if (segment.view().isLive(ordinal) && !damaged.contains(ordinal)) {
                        segment.view().copyVector(ordinal, copy);
                        assertThat(copy).isEqualTo(vectors[ordinal]);
                        assertThat(segment.view().row(ordinal)).isEqualTo(1000 + ordinal);
                    }
                }
            }
            assertThat(directory.resolve("arena.vectors")).doesNotExist();
            assertThat(directory.resolve("arena.columns")).doesNotExist();
        }
    }

    @Test
    void everyRowIsFoundAgainAndTheOldFilesAreGone() {
        check(null, new RoaringBitmap());
    }

    @Test
    void blocksWithoutALiveRowAreNotMade() {
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(0, COUNT);
        live.remove(4096L, 8192L);
        check(live, new RoaringBitmap());
        assertThat(directory.resolve("block-000001")).doesNotExist();
        assertThat(directory.resolve("block-000002")).exists();
    }

    @Test
    void whatWasDamagedStaysSo() throws IOException {
        byte[] old = Files.readAllBytes(directory.resolve("arena.vectors"));
        old[4096 + 5000 * STRIDE + 3] ^= 4;
        old[1] ^= 1; // the header, which tells nothing that is not known
        Files.write(directory.resolve("arena.vectors"), Arrays.copyOf(old, 4096 + 9000 * STRIDE));
        RoaringBitmap damaged = RoaringBitmap.bitmapOfRange(9000, COUNT);
        damaged.add(5000);
        check(null, damaged);
    }

    @Test
    void withoutColumnsEveryRowIsDamaged() throws IOException {
        Files.delete(directory.resolve("arena.columns"));
        check(null, RoaringBitmap.bitmapOfRange(0, COUNT));
    }

    @Test
    void aRewritingThatACrashCutShortBeginsAnew() throws IOException {
        Random random = TestVectors.random("OldArenaTest");
        byte[] half = new byte[100_000];
        random.nextBytes(half);
        Files.write(directory.resolve("block-000000"), half);
        Files.write(directory.resolve("block-000002"), new byte[0]);
        check(null, new RoaringBitmap());
    }

    @Test
    void aRewritingThatWasDoneIsNotRepeated() throws IOException {
        Path aside = Files.createDirectory(directory.resolve("aside"));
        Files.copy(directory.resolve("arena.vectors"), aside.resolve("arena.vectors"));
        check(null, new RoaringBitmap());
        byte[] old = Files.readAllBytes(aside.resolve("arena.vectors"));
        Arrays.fill(old, 4096, old.length, (byte) 7);
        Files.write(directory.resolve("arena.vectors"), old);
        check(null, new RoaringBitmap());
    }

    @Test
    void anotherShapeIsRefusedAndNothingIsLost() {
        VectorConfig other = new VectorConfig(DIMENSION + 1, Space.L2, 8, 50, 50);
        assertThatThrownBy(() -> VectorSegment.open(directory, other, COUNT, null))
                .isInstanceOf(UncheckedIOException.class).hasRootCauseMessage(
                        "%s was made for another shape: version 1, dimension 20, entries of 128 bytes"
                                .formatted(directory.resolve("arena.vectors")));
        check(null, new RoaringBitmap());
    }

    @Test
    void withNothingCommittedTheyGo() {
        VectorSegment.open(directory, CONFIG, 0, null).close();
        assertThat(directory).isEmptyDirectory();
    }
}
