package io.forebay.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until servers have nothing left to do in the background (linking, checkpoints, flushes, what was dropped), so that
 * the rest of one measurement is no part of the next.
 */
public final class Quiet {
    private static final long WINDOW_NANOS = 200_000_000;
    /** Of one window: what a server uses at rest is some 2 ms, told by the system in steps of 10 ms. */
    private static final long QUIET_NANOS = 10_000_000;
    private static final int WINDOWS_MIN = 2;
    private static final long WAIT_NANOS_MAX = 30_000_000_000L;

    private Quiet() {}

    /** How long it took; after half a minute they are taken as they are. */
    public static double await(List<ServerProcess> servers) {
        long start = System.nanoTime();
        int quiet = 0;
        while (quiet < WINDOWS_MIN && System.nanoTime() - start < WAIT_NANOS_MAX) {
            long before = cpuNanos(servers);
            LockSupport.parkNanos(WINDOW_NANOS);
            quiet = cpuNanos(servers) - before <= servers.size() * QUIET_NANOS ? quiet + 1 : 0;
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static long cpuNanos(List<ServerProcess> servers) {
        return servers.stream()
                .mapToLong(
                        server -> server.handle().info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
                .sum();
    }
}
