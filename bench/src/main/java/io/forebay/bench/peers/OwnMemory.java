package io.forebay.bench.peers;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;

/** Of this process, which holds a library that is measured. */
final class OwnMemory {
    /** How much of the heap may be free after a full collection, in percent. */
    private static final String FREE_MIN = "MinHeapFreeRatio";
    private static final String FREE_MAX = "MaxHeapFreeRatio";
    private static final long WINDOW_NANOS = 200_000_000;
    private static final int WINDOWS_MIN = 3;
    private static final int WINDOWS_MAX = 100;

    private OwnMemory() {}

    /**
     * Leaves what the library needs: waits for the compiler, which takes some hundred MB while it works; collects garbage, a
     * few times, because what a cleaner frees needs a second one, and has the heap shrink to what is used, at this moment
     * only, for a load in so small a heap would be slow; has the C library give back what was freed.
     */
    static void collectGarbage() {
        awaitCompiler();
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        String free = jvm.getVMOption(FREE_MAX).getValue();
        String spare = jvm.getVMOption(FREE_MIN).getValue();
        jvm.setVMOption(FREE_MIN, "5");
        jvm.setVMOption(FREE_MAX, "10");
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        jvm.setVMOption(FREE_MAX, free);
        jvm.setVMOption(FREE_MIN, spare);
        try {
            ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap",
                    new Object[]{new String[0]}, new String[]{String[].class.getName()});
        } catch (JMException notHere) {
            // Only on Linux; elsewhere memory is not measured either.
        }
    }

    /** Until nothing was compiled for a while; not for ever, for on a busy machine it may never rest. */
    private static void awaitCompiler() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        int quiet = 0;
        for (int i = 0; i < WINDOWS_MAX && quiet < WINDOWS_MIN; i++) {
            long before = compiler.getTotalCompilationTime();
            LockSupport.parkNanos(WINDOW_NANOS);
            quiet = compiler.getTotalCompilationTime() == before ? quiet + 1 : 0;
        }
    }
}
