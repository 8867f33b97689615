package io.forebay.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.bench.report.ThreadCpu.Group;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadCpuTest {
    private static final long BUSY_NANOS = 60_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"netty-io-12,NETTY_IO", "indexer-0,INDEXERS", "ForkJoinPool-1-,WAL_ACK", "wal-sync,WAL_SYNC",
            "C2 CompilerThre,COMPILER", "G1 Conc#0,GARBAGE", "GC Thread#1,GARBAGE", "rocksdb:low,ROCKSDB",
            "java,OTHER", "wal-other,OTHER"})
    void threadsBelongToWhatTheyAreFor(String name, Group group) {
        assertThat(Group.of(name)).isEqualTo(group);
    }

    @Test
    void theTimeOfAThreadIsInItsGroupAndOfAThreadThatEndedWithTheOthers() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/self/schedstat")), "no account of single threads here");
        ThreadCpu meter = ThreadCpu.start(ProcessHandle.current());
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch measured = new CountDownLatch(1);
        Thread stays = new Thread(() -> {
            burn();
            worked.countDown();
            await(measured);
        }, "indexer-7");
        Thread ends = new Thread(ThreadCpuTest::burn, "query-7");
        ends.start();
        stays.start();
        ends.join();
        worked.await();
        Map<Group, Double> seconds = meter.stop();
        while (seconds.get(Group.QUERIES) > 0) {
            // The system takes a moment longer than Java to end a thread.
            seconds = meter.stop();
        }
        measured.countDown();
        stays.join();

        assertThat(seconds.get(Group.INDEXERS)).isGreaterThanOrEqualTo(BUSY_NANOS / 1e9 - 0.02);
        assertThat(seconds.get(Group.QUERIES)).isZero();
        assertThat(seconds.get(Group.OTHER)).isGreaterThanOrEqualTo(BUSY_NANOS / 1e9 - 0.02);
    }

    private static void burn() {
        while (THREADS.getCurrentThreadCpuTime() < BUSY_NANOS) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
