package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.model.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real full disk: a tiny tmpfs, where mounting one is allowed. */
class FullDiskTest {

    private static final int DIMENSION = 64;

    @TempDir
    Path mountPoint;

    @Test
    void aFullDiskFailsTheAppendLeavesNothingVisibleAndGoesOnWhenThereIsRoom() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mountPoint.toString()) == 0,
                "skipped: mounting a tmpfs is not allowed here");
        try {
            fillAndRecover();
        } finally {
            run("umount", "-l", mountPoint.toString());
        }
    }

    private void fillAndRecover() throws IOException {
        Random random = TestVectors.random("FullDiskTest");
        Path ballast = Files.write(mountPoint.resolve("ballast"), new byte[240 << 10]);
        float[][] vectors = TestVectors.gaussian(random, 1200, DIMENSION);
        VectorConfig config = new VectorConfig(DIMENSION, Space.L2, 8, 50, 50);
        try (VectorSegment segment = VectorSegment.open(mountPoint.resolve("segment"), config, 0, null)) {
            VectorView before = TestVectors.append(segment, java.util.Arrays.copyOf(vectors, 800));
            ByteBuffer more = TestVectors.bytes(java.util.Arrays.copyOfRange(vectors, 800, 1200));
            int[] rows = IntStream.range(1800, 2200).toArray();
            assertThatThrownBy(() -> segment.append(more, rows, 400)).isInstanceOf(UncheckedIOException.class)
                    .rootCause().hasMessageContaining("No space left");
            assertThat(segment.publish().count()).isEqualTo(800);
            assertThat(before.search(vectors[799], 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(799);
            Files.delete(ballast);
            assertThat(segment.append(more, rows, 400)).isEqualTo(800);
            assertThat(segment.publish().search(vectors[1199], 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(1199);
            segment.force();
        }
        try (VectorSegment segment = VectorSegment.open(mountPoint.resolve("segment"), config, 1200, null)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(120, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
