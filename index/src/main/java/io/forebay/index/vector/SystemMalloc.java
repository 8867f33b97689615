package io.forebay.index.vector;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the C library to take every large block from the system and to give it back when it is freed. Left to itself glibc
 * raises the size from which it does that with the first large block that is freed, and keeps the following ones in its
 * heaps: chunks of graphs and codes come and go with every rebuild, and a store whose records are overwritten without end
 * had 1.7 GB of free memory in them for 0.2 GB in use.
 *
 * <p>Of no effect where the C library is another, or where {@code MALLOC_MMAP_THRESHOLD_} says so already.
 */
final class SystemMalloc {
    private static final Logger LOG = LoggerFactory.getLogger(SystemMalloc.class);
    /** {@code M_MMAP_THRESHOLD} of malloc.h. */
    private static final int MMAP_THRESHOLD = -3;
    /** Its value at the start of a process, which stays when it is set. */
    private static final int LARGE_BYTES = 128 << 10;

    private SystemMalloc() {}

    /** True when the C library took it. */
    static boolean giveBackLargeBlocks() {
        if (System.getenv("MALLOC_MMAP_THRESHOLD_") != null) {
            return false;
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> mallopt = linker.defaultLookup().find("mallopt");
        if (mallopt.isEmpty()) {
            return false;
        }
        try {
            return (int) linker.downcallHandle(mallopt.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invokeExact(MMAP_THRESHOLD,
                            LARGE_BYTES) == 1;
        } catch (Throwable refused) {
            LOG.warn("the C library keeps large blocks of freed memory: {}", refused.toString());
            return false;
        }
    }
}
