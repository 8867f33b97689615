package io.forebay.server.doctor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import io.forebay.engine.check.Kernels;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Processors, memory, limits of the container and of the system, the JDK and its flags. */
final class MachineLook {
    private static final long GIB = 1L << 30;
    private static final long FILES_WANTED = 16_384;
    private static final long FILES_MIN = 2_048;
    private static final long MAPPINGS_MIN = 65_530;
    private static final int JDK = 25;

    private final SystemFiles files;
    private final List<Diagnosis> out;

    MachineLook(SystemFiles files, List<Diagnosis> out) {
        this.files = files;
        this.out = out;
    }

    void run() {
        processors();
        memory();
        java();
        limits();
        memoryPages();
    }

    private void processors() {
        int cores = Runtime.getRuntime().availableProcessors();
        String quota = files.text("sys/fs/cgroup/cpu.max");
        String limit = quota == null || quota.startsWith("max")
                ? ""
                : ", container limit " + quota + " (quota, period)";
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        out.add(Diagnosis.of(cores >= 2, "processors",
                String.format(Locale.ROOT, "%d%s, load %.1f", cores, limit, load),
                "indexing and answering share one core: give it two or more"));
        String flags = files.match("proc/cpuinfo", "^flags\\s*:(.*)$");
        String vectors = flags == null
                ? ""
                : flags.contains(" avx512f") ? "AVX-512" : flags.contains(" avx2") ? "AVX2" : "no AVX2";
        out.add(Diagnosis.of(Kernels.isNative(), "kernels",
                (vectors.isEmpty() ? "" : vectors + "; ") + Kernels.text(),
                "searching and indexing are slower than they could be: the native kernels need Linux on x86-64 with AVX2"
                        + " and a temporary folder that is not mounted noexec"));
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    private void memory() {
        long total = system().getTotalMemorySize();
        Long limit = files.number("sys/fs/cgroup/memory.max");
        out.add(Diagnosis.of(total >= GIB, "memory",
                bytes(total) + (limit == null ? "" : ", container limit " + bytes(limit)),
                "1 GiB is the least for a heap and the page cache"));
        long heap = Runtime.getRuntime().maxMemory();
        String what = bytes(heap) + ", " + heap * 100 / Math.max(1, total) + " % of the memory";
        if (heap < 256L << 20) {
            out.add(Diagnosis.warn("heap", what, "less than 256 MiB: FOREBAY_JVM_OPTS=-Xmx1g"));
        } else {
            out.add(Diagnosis.of(heap <= total * 3 / 4, "heap", what,
                    "vectors, graphs and the page cache live outside the heap: give it at most 3/4 of the memory"));
        }
    }

    private static @Nullable String option(String name) {
        HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return bean == null ? null : bean.getVMOption(name).getValue();
        } catch (IllegalArgumentException notKnown) {
            return null;
        }
    }

    private void java() {
        Runtime.Version version = Runtime.version();
        out.add(version.feature() == JDK
                ? Diagnosis.ok("JDK", version.toString())
                : Diagnosis.bad("JDK", version.toString(), "Forebay needs JDK " + JDK));
        String collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName).collect(Collectors.joining(", "));
        out.add(Diagnosis.of(!collectors.contains("Copy") && !collectors.contains("PS "), "garbage collector",
                collectors,
                "pauses grow with the heap: -XX:+UseG1GC, as ./forebay sets it"));
        String direct = option("MaxDirectMemorySize");
        boolean isSet = direct != null && !direct.equals("0");
        out.add(Diagnosis.of(isSet, "direct memory",
                isSet ? "MaxDirectMemorySize " + bytes(Long.parseLong(direct)) : "as much as the heap",
                "codes and graphs are memory outside the heap: -XX:MaxDirectMemorySize=1024g, as ./forebay sets it, and"
                        + " index.memory_max as the bound"));
    }

    private void limits() {
        String open = files.match("proc/self/limits", "^Max open files\\s+(\\S+)");
        if (open != null) {
            long limit = open.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(open);
            String advice = "ulimit -n " + FILES_WANTED
                    + " (systemd: LimitNOFILE=), for RocksDB's tables and connections";
            out.add(limit < FILES_MIN
                    ? Diagnosis.bad("open files", open, advice)
                    : Diagnosis.of(limit >= FILES_WANTED, "open files", open, advice));
        }
        Long mappings = files.number("proc/sys/vm/max_map_count");
        if (mappings != null) {
            out.add(Diagnosis.of(mappings >= MAPPINGS_MIN, "mappings", "vm.max_map_count " + mappings,
                    "each loaded collection takes one or more: sysctl vm.max_map_count=262144"));
        }
    }

    private void memoryPages() {
        String huge = files.match("sys/kernel/mm/transparent_hugepage/enabled", "\\[(\\w+)]");
        if (huge != null) {
            out.add(Diagnosis.of(!huge.equals("always"), "huge pages", "transparent huge pages: " + huge,
                    "memory of graphs may grow and be given back late: echo madvise >"
                            + " /sys/kernel/mm/transparent_hugepage/enabled"));
        }
        long swaps = files.lines("proc/swaps").stream().skip(1).filter(line -> !line.isBlank()).count();
        Long eager = files.number("proc/sys/vm/swappiness");
        boolean isOn = swaps > 0;
        out.add(Diagnosis.of(!isOn || eager != null && eager <= 10, "swap",
                isOn ? "on, vm.swappiness " + (eager == null ? "unknown" : eager) : "off",
                "a heap that is swapped out stands still: sysctl vm.swappiness=1, or swapoff -a"));
    }

    static String bytes(long bytes) {
        if (bytes >= GIB) {
            return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
        }
        return String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1 << 20));
    }
}
