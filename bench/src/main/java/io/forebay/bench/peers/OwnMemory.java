package io.forebay.bench.peers;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Of this process, which holds a library that is measured. */
final class OwnMemory {
    private OwnMemory() {}

    /**
     * Collects garbage, a few times, because what a cleaner frees needs a second one; the heap shrinks to what is used (see
     * {@link SideProcess}). Then what the C library keeps of freed memory goes back, too: the compiler leaves much of it.
     */
    static void collectGarbage() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        try {
            ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap",
                    new Object[]{new String[0]}, new String[]{String[].class.getName()});
        } catch (JMException notHere) {
            // Only on Linux; elsewhere memory is not measured either.
        }
    }
}
