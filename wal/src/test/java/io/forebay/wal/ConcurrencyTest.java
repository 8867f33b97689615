package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class ConcurrencyTest {
    @Parameter
    LogKind kind;

    private static final int THREADS = 64;
    private static final int ENTRIES = 100;

    @TempDir
    Path temp;

    @Test
    void seqIdsOfManyThreadsAreDenseAndInTheOrderOfTheLog() throws Exception {
        Map<Long, Long> seeds = new ConcurrentHashMap<>();
        try (Wal wal = kind.open(temp.resolve("wal"), Logs.small());
                ExecutorService pool = Executors.newFixedThreadPool(THREADS + 1)) {
            Future<List<long[]>> live = pool.submit(() -> follow(wal));
            List<Future<?>> writers = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                writers.add(pool.submit(() -> write(wal, thread, seeds)));
            }
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            assertThat(seeds).hasSize(THREADS * ENTRIES);
            List<long[]> ranges = live.get(60, TimeUnit.SECONDS);
            assertThat(ranges).hasSize(THREADS * ENTRIES);
            checkDense(ranges, wal.lastSeqId());
            for (WalEntry entry : Logs.readAll(wal)) {
                assertThat(entry.payload())
                        .isEqualTo(Logs.payload(seeds.get(entry.minSeqId()), entry.payload().remaining()));
            }
        }
    }

    private static void checkDense(List<long[]> ranges, long last) {
        long next = 1;
        for (long[] range : ranges) {
            assertThat(range[0]).isEqualTo(next);
            next = range[1] + 1;
        }
        assertThat(next).isEqualTo(last + 1);
    }

    private static Void write(Wal wal, int thread, Map<Long, Long> seeds) throws Exception {
        try (WalReader reader = wal.reader()) {
            for (int i = 0; i < ENTRIES; i++) {
                long seed = thread * 1_000_000L + i;
                // Some in several frames, most small.
                int length = i % 100 == 99 ? 1_300_000 : 100 + i * 10;
                Appended appended = wal.append(Logs.header(thread, 1 + i % 3), Logs.payload(seed, length));
                seeds.put(appended.minSeqId(), seed);
                reader.seek(appended.position());
                WalEntry entry = reader.next();
                assertThat(entry.minSeqId()).isEqualTo(appended.minSeqId());
                assertThat(entry.header().collection()).isEqualTo(thread);
                if (i % 50 == 0) {
                    wal.durable(appended.maxSeqId()).get(60, TimeUnit.SECONDS);
                }
            }
        }
        return null;
    }

    /** Reads while the others write, as an indexer does. */
    private static List<long[]> follow(Wal wal) {
        List<long[]> ranges = new ArrayList<>();
        try (WalReader reader = wal.reader()) {
            while (ranges.size() < THREADS * ENTRIES) {
                WalEntry entry = reader.next();
                if (entry == null) {
                    Thread.onSpinWait();
                } else {
                    ranges.add(new long[]{entry.minSeqId(), entry.maxSeqId()});
                }
            }
        }
        return ranges;
    }
}
