package io.forebay.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Where a measurement was taken. */
public record Machine(String cpu, int cores, long memoryBytes, String system, String jdk, String fileSystem) {

    /** @param directory where the benchmark keeps its stores */
    public static Machine here(Path directory) throws IOException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(cpuModel(), Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                Files.getFileStore(directory).type());
    }

    /** A sync to memory says nothing about disks. */
    public boolean isMemoryFileSystem() {
        return fileSystem.equals("tmpfs") || fileSystem.equals("ramfs");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %d cores, %.1f GiB, %s, %s, JDK %s", cpu, cores,
                memoryBytes / (double) (1 << 30), fileSystem, system, jdk);
    }

    private static String cpuModel() {
        Path info = Path.of("/proc/cpuinfo");
        try {
            List<String> lines = Files.isReadable(info) ? Files.readAllLines(info) : List.of();
            return lines.stream().filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException unreadable) {
            return System.getProperty("os.arch");
        }
    }
}
