package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Freed chunks are given back, whatever lies between them. */
class SystemMallocTest {
    private static final int CHUNK_BYTES = 512 << 10;
    private static final int CHUNKS = 400;
    private static final Path STATUS = Path.of("/proc/self/status");

    @Test
    void whatIsFreedGoesBackToTheSystem() throws IOException {
        assumeThat(Files.exists(STATUS)).isTrue();
        assumeThat(SystemMalloc.giveBackLargeBlocks()).isTrue();
        List<Arena> chunks = new ArrayList<>();
        try (Arena small = Arena.ofShared()) {
            try (Arena first = Arena.ofShared()) {
                first.allocate(CHUNK_BYTES); // with its end the C library would keep those behind it
            }
            for (int i = 0; i < CHUNKS; i++) {
                Arena chunk = Arena.ofShared();
                chunk.allocate(CHUNK_BYTES).fill((byte) 1);
                chunks.add(chunk);
                small.allocate(16 << 10).fill((byte) 1); // holds the heap open behind the chunk
            }
            long full = residentKilobytes();
            chunks.forEach(Arena::close);
            assertThat(full - residentKilobytes()).isGreaterThan((long) CHUNKS * CHUNK_BYTES / 1024 * 9 / 10);
        }
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
