package io.forebay.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCheckpointTest {
    @TempDir
    Path folder;

    private static LoadCheckpoint some() {
        return new LoadCheckpoint(new UUID(1, 2), new UUID(3, 4), Operation.UPSERT, "a file.jsonl",
                "12 bytes; x", 5,
                List.of(new PositionRange(5, 100), new PositionRange(120, 140)),
                List.of(new PositionRange(100, 120), new PositionRange(140, 160)), 110, 5, false, 99);
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        Path file = folder.resolve("load");
        some().write(file);
        assertThat(LoadCheckpoint.read(file)).isEqualTo(some());
        assertThat(some().contiguous()).isEqualTo(100);
        assertThat(Files.readString(file)).contains("done 5-100 120-140", "planned 100-120 140-160");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void everyDamageIsFound() throws Exception {
        Path file = folder.resolve("load");
        some().write(file);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length - 1; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> LoadCheckpoint.read(file)).as("byte %d", i)
                    .isInstanceOf(IOException.class);
        }
        Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
        assertThatThrownBy(() -> LoadCheckpoint.read(file)).isInstanceOf(IOException.class);
        Files.writeString(file, "forebay-load 2\ncrc32c 00000000\n");
        assertThatThrownBy(() -> LoadCheckpoint.read(file)).hasMessageContaining("another version");
    }

    @Test
    void keysArePartOfTheFormat() {
        assertThat(LoadCheckpoint.key(new UUID(1, 2), new PositionRange(100, 120)))
                .isEqualTo("load-00000000-0000-0001-0000-000000000002-100-120");
    }

    @Test
    void aFingerprintTellsAChangedFile() throws Exception {
        Path file = folder.resolve("source");
        byte[] bytes = new byte[300_000];
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        SourceFingerprint before = SourceFingerprint.of(file);
        assertThat(SourceFingerprint.parse(before.toString())).isEqualTo(before);
        bytes[bytes.length - 1] = 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        assertThat(SourceFingerprint.of(file).sameContent(before)).isFalse();
        bytes[bytes.length - 1] = 0;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(2_000));
        assertThat(SourceFingerprint.of(file)).isNotEqualTo(before);
        assertThat(SourceFingerprint.of(file).sameContent(before)).isTrue();
    }

    @Test
    void rangesAreASet() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            PositionSet set = new PositionSet();
            BitSet oracle = new BitSet();
            for (int i = 0; i < 30; i++) {
                int from = random.nextInt(100);
                int to = from + random.nextInt(12);
                set.add(from, to);
                oracle.set(from, to);
            }
            assertThat(set.size()).isEqualTo(oracle.cardinality());
            PositionSet copy = new PositionSet(set.ranges());
            for (int i = 0; i < 130; i++) {
                assertThat(copy.contains(i)).isEqualTo(oracle.get(i));
                assertThat(copy.endOfRun(i)).isEqualTo(oracle.nextClearBit(i));
            }
            List<PositionRange> ranges = set.ranges();
            for (int i = 1; i < ranges.size(); i++) {
                assertThat(ranges.get(i).from()).isGreaterThan(ranges.get(i - 1).to());
            }
        }
    }
}
