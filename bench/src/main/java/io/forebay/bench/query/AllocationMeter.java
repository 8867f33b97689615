package io.forebay.bench.query;

import io.forebay.bench.load.ServerCounters;
import io.forebay.bench.load.ServerProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Heap that all threads of a process allocate; of a server by its metrics, less what asking for them allocates. */
final class AllocationMeter {
    private static final String ALLOCATED = "forebay_jvm_allocated_bytes_total";

    private final @Nullable ServerProcess server;
    private final double ofOneLook;
    private final double before;

    private AllocationMeter(@Nullable ServerProcess server) throws IOException {
        this.server = server;
        double first = bytes(server);
        before = bytes(server);
        ofOneLook = before - first;
    }

    /** @param server null for this process */
    static AllocationMeter start(@Nullable ServerProcess server) throws IOException {
        return new AllocationMeter(server);
    }

    /** Bytes since the start. */
    double stop() throws IOException {
        return Math.max(0, bytes(server) - before - ofOneLook);
    }

    private static double bytes(@Nullable ServerProcess server) throws IOException {
        if (server != null) {
            return ServerCounters.of(server.address()).sum(ALLOCATED);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getTotalThreadAllocatedBytes();
    }
}
