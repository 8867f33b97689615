package io.forebay.bench.wal;

import io.forebay.bench.load.Workspace;
import io.forebay.wal.Appended;
import io.forebay.wal.EntryHeader;
import io.forebay.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One append without sync, for {@code -prof gc}: {@code gc.alloc.rate.norm} is heap allocated per append by all threads of
 * the process, the log's own included, so a roll shows in it. Each iteration appends a fixed number of batches: a log
 * that is filled for a fixed time fills the disk. The same header is used again and again.
 *
 * <p>Run: {@code ./forebay bench jmh AppendBenchmark -prof gc}
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class AppendBenchmark {
    private static final int SMALL_BYTES = 8192;
    private static final int LARGE_BYTES = 528_000;
    private static final int SMALL_APPENDS = 10_000;
    private static final int LARGE_APPENDS = 400;
    /** So many that everything on the way is compiled. */
    private static final int WARM_APPENDS = 20_000;

    /** All of them in turn, unless {@code -p implementation=...} names one. */
    @Param
    public LogKind implementation = LogKind.CHRONICLE;

    private final Appended appended = new Appended();
    private final EntryHeader header = new EntryHeader(1, 1, (byte) 1, 1000, 0);
    private final ByteBuffer small = bytes(SMALL_BYTES);
    private final ByteBuffer large = bytes(LARGE_BYTES);
    @SuppressWarnings("NullAway.Init") // open() sets both
    private Workspace workspace;
    @SuppressWarnings("NullAway.Init")
    private Wal wal;

    private static ByteBuffer bytes(int length) {
        byte[] random = new byte[length];
        RandomGenerator.of("L64X128MixRandom").nextBytes(random);
        return ByteBuffer.allocateDirect(length).put(random).flip();
    }

    @Setup(Level.Trial)
    public void open() throws IOException {
        workspace = Workspace.in(Path.of(System.getProperty("forebay.root", "")).toAbsolutePath()
                .resolve("bench/target/stores"));
        wal = Wal.open(workspace.newDirectory("jmh"), implementation.config(256L << 20));
        for (int i = 0; i < WARM_APPENDS; i++) {
            wal.append(header, small);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        wal.close();
        workspace.close();
    }

    @Benchmark
    @OperationsPerInvocation(SMALL_APPENDS)
    public long append8k() {
        return append(small, SMALL_APPENDS);
    }

    @Benchmark
    @OperationsPerInvocation(LARGE_APPENDS)
    public long append528k() {
        return append(large, LARGE_APPENDS);
    }

    private long append(ByteBuffer payload, int appends) {
        long last = 0;
        for (int i = 0; i < appends; i++) {
            wal.append(header, payload, appended);
            last = appended.maxSeqId();
        }
        return last;
    }
}
