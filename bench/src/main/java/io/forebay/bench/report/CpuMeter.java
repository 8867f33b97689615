package io.forebay.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who used the processors during a measurement: this process, the server it started, and everybody else. The
 * last is the measure of how much a figure can be trusted: on a busy machine it is not small.
 */
public final class CpuMeter {
    private static final Path STAT = Path.of("/proc/stat");
    /** The unit of /proc/stat: USER_HZ is 100 on every Linux that has a JDK. */
    private static final double TICKS_PER_SECOND = 100;

    private final @Nullable ProcessHandle server;
    private final long startNanos = System.nanoTime();
    private final double ownAtStart = ownSeconds();
    private final double serverAtStart;
    private final double allAtStart = allSeconds();

    private CpuMeter(@Nullable ProcessHandle server) {
        this.server = server;
        this.serverAtStart = serverSeconds(server);
    }

    /** Starts to measure. */
    public static CpuMeter start(@Nullable ProcessHandle server) {
        return new CpuMeter(server);
    }

    /**
     * CPU seconds since the start.
     *
     * @param othersShare what neither process used, of all cores; NaN where the system does not say
     */
    public record Usage(double wallSeconds, double ownSeconds, double serverSeconds, double othersShare) {}

    public Usage stop() {
        double wall = (System.nanoTime() - startNanos) / 1e9;
        double own = ownSeconds() - ownAtStart;
        double child = serverSeconds(server) - serverAtStart;
        double others = allSeconds() - allAtStart - own - child;
        int cores = Runtime.getRuntime().availableProcessors();
        return new Usage(wall, own, child, wall == 0 ? Double.NaN : Math.max(0, others) / (wall * cores));
    }

    static double ownSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }

    private static double serverSeconds(@Nullable ProcessHandle server) {
        return server == null
                ? 0
                : server.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    /** Of all processes; what a hypervisor took counts as used by others. */
    private static double allSeconds() {
        try {
            if (!Files.isReadable(STAT)) {
                return Double.NaN;
            }
            // cpu  user nice system idle iowait irq softirq steal ...
            String[] fields = Files.readAllLines(STAT).getFirst().split("\\s+");
            long ticks = 0;
            for (int i = 1; i <= 8; i++) {
                ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException unreadable) {
            return Double.NaN;
        }
    }
}
