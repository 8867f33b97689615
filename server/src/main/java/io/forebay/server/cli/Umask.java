package io.forebay.server.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's file mode creation mask. RocksDB, Chronicle and the JDK make files with what it leaves of 0666 and
 * 0777, so it is the one place to make all of them their owner's. It belongs to the whole process: only commands
 * that work on a store set it, the engine as a library never does.
 *
 * <p>Of no effect where there is no {@code umask} in the C library.
 */
final class Umask {
    static final int OWNER_ONLY = 0077;
    private static final Logger LOG = LoggerFactory.getLogger(Umask.class);

    private Umask() {}

    /** From now on files are made for their owner only. */
    static void restrict() {
        set(OWNER_ONLY);
    }

    /** Returns the one before; -1 where there is none. */
    static int set(int mask) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> umask = linker.defaultLookup().find("umask");
        if (umask.isEmpty()) {
            return -1;
        }
        try {
            return (int) linker.downcallHandle(umask.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT)).invokeExact(mask);
        } catch (Throwable refused) {
            LOG.warn("files are made with the modes that the environment says: {}", refused.toString());
            return -1;
        }
    }
}
