package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The garbage collector has nothing to do with the log. */
class AllocationTest {
    private static final int APPENDS = 10_000;

    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({"CHRONICLE, true", "CHRONICLE, false", "FILE, true", "FILE, false"})
    void anAppendAllocatesNothing(WalImplementation implementation, boolean direct) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer payload = direct
                ? ByteBuffer.allocateDirect(1000)
                : ByteBuffer.allocate(1000).asReadOnlyBuffer();
        EntryHeader header = Logs.header(3, 10);
        Appended appended = new Appended();
        WalConfig config = Logs.small().withExtentBytes(64 << 20).withImplementation(implementation);
        try (Wal wal = Wal.open(temp.resolve("wal"), config)) {
            long allocated = 0;
            for (int round = 0; round < 3; round++) { // only the last one counts
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < APPENDS; i++) {
                    wal.append(header, payload, appended);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                wal.durable(appended.maxSeqId()).get();
            }
            assertThat(wal.stats().rolls()).isZero();
            // Chronicle makes a page of its index now and then, and the question itself takes a few bytes.
            assertThat(allocated).as("bytes of %d appends", APPENDS).isLessThan(APPENDS);
        }
    }
}
