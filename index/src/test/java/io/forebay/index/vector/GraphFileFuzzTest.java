package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A graph file that is not what was written is refused, and one whose checksums were made to fit gives a
 * graph in which every walk is safe: nothing else ever happens.
 */
@Tag("fuzz")
class GraphFileFuzzTest {

    private static final int COUNT = 3_000;
    private static final VectorConfig CONFIG = new VectorConfig(8, Space.L2, 6, 40, 40);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("GraphFileFuzzTest");
    private byte[] whole;
    private int taken;
    private int refused;

    @BeforeEach
    void store() throws IOException {
        try (VectorSegment segment = VectorSegment.open(directory, CONFIG, 0, null)) {
            TestVectors.append(segment, TestVectors.clustered(random, COUNT, 8));
            TestVectors.linkAll(segment);
            segment.storeGraph();
        }
        whole = Files.readAllBytes(directory.resolve("graph"));
    }

    private GraphReader.Loaded load(byte[] bytes, int committed) throws IOException {
        Path file = directory.resolve("graph");
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            return GraphReader.read(channel, CONFIG, committed);
        }
    }

    private void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> load(bytes, COUNT)).isInstanceOf(GraphFile.DamagedException.class);
    }

    private void assertSafe(byte[] bytes) throws IOException {
        int committed = random.nextInt(3) == 0 ? 1 + random.nextInt(COUNT) : COUNT;
        GraphReader.Loaded loaded;
        try {
            loaded = load(bytes, committed);
        } catch (GraphFile.DamagedException e) {
            refused++;
            return;
        }
        taken++;
        assertThat(loaded.linked()).isBetween(0, committed);
        assertThat(GraphCheck.problems(loaded.graph(), loaded.linked())).isEmpty();
    }

    @Test
    void aFlippedBitIsRefused() {
        for (int i = 0; i < 500; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(i % 2 == 0 ? bytes.length : 128)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(bytes);
        }
    }

    @Test
    void aCutOrLengthenedFileIsRefused() {
        for (int i = 0; i < 200; i++) {
            assertRefused(Arrays.copyOf(whole, random.nextInt(i % 2 == 0 ? whole.length : 300)));
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1));
        assertRefused(new byte[0]);
    }

    @Test
    void swappedPiecesAreRefused() {
        int piece = 64 + 512 * 48 + 4;
        byte[] bytes = whole.clone();
        System.arraycopy(whole, 128, bytes, 128 + piece, piece);
        System.arraycopy(whole, 128 + piece, bytes, 128, piece);
        assertRefused(bytes);
    }

    /** Of an earlier dump: the checksums match in themselves. */
    @Test
    void aPieceOfAnotherFileIsRefused() throws IOException {
        byte[] bytes = whole.clone();
        long time = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(96);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(96, time + 1);
        sealHeader(bytes);
        assertRefused(bytes);
    }

    @Test
    void randomHeadersWithARightChecksumAreSafe() throws IOException {
        headers(2_000);
    }

    @Test
    void randomRowsWithRightChecksumsAreSafe() throws IOException {
        rows(400);
    }

    @Test
    @Tag("long")
    void randomFilesAreSafeForLong() throws IOException {
        headers(50_000);
        rows(20_000);
    }

    private void headers(int rounds) throws IOException {
        int[] values = {-1, 0, 1, 2, 11, 12, 13, 511, 512, 513, COUNT - 1, COUNT, COUNT + 1,
                Integer.MAX_VALUE,
                Integer.MIN_VALUE};
        for (int i = 0; i < rounds; i++) {
            byte[] bytes = whole.clone();
            ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int value = random.nextBoolean() ? random.nextInt() : values[random.nextInt(values.length)];
                header.putInt(4 * random.nextInt(28), value);
            }
            if (random.nextBoolean()) {
                header.putLong(104, bytes.length);
            }
            sealHeader(bytes);
            assertSafe(bytes);
        }
    }

    private void rows(int rounds) throws IOException {
        int[] values = {-1, 0, 1, COUNT - 1, COUNT, 0x8000_0000, 0x7fff_ffff, 0x8000_0000 | COUNT};
        for (int i = 0; i < rounds; i++) {
            byte[] bytes = whole.clone();
            ByteBuffer body = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int changes = 1 + random.nextInt(1 << random.nextInt(16));
            for (int change = 0; change < changes; change++) {
                int value = switch (random.nextInt(3)) {
                    case 0 -> random.nextInt();
                    case 1 -> random.nextInt(COUNT) | (random.nextBoolean() ? NativeGraph.PROTECTED : 0);
                    default -> values[random.nextInt(values.length)];
                };
                int from = random.nextInt(4) == 0 ? whole.length - 20_000 : 128;
                body.putInt(from + 4 * random.nextInt((whole.length - from) / 4), value);
            }
            sealPieces(bytes);
            assertSafe(bytes);
        }
        System.out.println("GraphFileFuzzTest taken " + taken + ", refused " + refused);
        assertThat(taken).isPositive();
    }

    private static void sealHeader(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 124);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(124, (int) crc.getValue());
    }

    /** Follows the format as it stands in the bytes, and ends where it makes no sense any more. */
    private static void sealPieces(byte[] bytes) {
        ByteBuffer body = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 128;
        for (int piece = 0; piece < (COUNT + 511) / 512; piece++) {
            int rows = BitSet.valueOf(Arrays.copyOfRange(bytes, at, at + 64)).cardinality();
            at = seal(body, at, 64 + rows * 48, 0, piece);
        }
        for (int level = 1; level <= 12; level++) {
            int size = body.getInt(44 + 4 * level);
            for (int piece = 0; piece < (size + 511) / 512; piece++) {
                at = seal(body, at, Math.min(512, size - 512 * piece) * 32, level, piece);
            }
        }
    }

    private static int seal(ByteBuffer body, int from, int length, int level, int piece) {
        if (from + length + 4 <= body.capacity()) {
            CRC32C crc = new CRC32C();
            crc.update(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(level).putInt(piece)
                    .putLong(body.getLong(96)).flip());
            crc.update(body.array(), from, length);
            body.putInt(from + length, (int) crc.getValue());
        }
        return Math.min(body.capacity() - 64, from + length + 4);
    }
}
