package io.forebay.bench.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * CPU time of a process told apart by what its threads are for, from the kernel's own account of each thread. Linux names a
 * thread by the first 15 letters of its Java name. What threads used that ended meanwhile is with the others.
 */
public final class ThreadCpu {

    /** Threads of a server with one purpose. */
    public enum Group {
        /** Sockets, decoding, appending to the log. */
        NETTY_IO("netty-io"),
        /** Waits for the disk, mostly. */
        WAL_SYNC("wal-sync"),
        /** Virtual threads that answer those whom a sync released; these are their carriers. */
        WAL_ACK("ForkJoinPool"),
        /** Makes files of the log ahead. */
        WAL_EXTENTS("wal-extents"),
        /** Apply and link. */
        INDEXERS("indexer"), QUERIES("query"), CHECKPOINTER("checkpointer"),
        /** Flushes and compactions of the record segments. */
        ROCKSDB("rocksdb"),
        /** Of the JVM: what it costs that code is still being compiled. */
        COMPILER("C1 ", "C2 "), GARBAGE("G1 ", "GC "), OTHER();

        private final List<String> starts;

        Group(String... starts) {
            this.starts = List.of(starts);
        }

        static Group of(String name) {
            for (Group group : values()) {
                if (group.starts.stream().anyMatch(name::startsWith)) {
                    return group;
                }
            }
            return OTHER;
        }

        /** As it is written in the names of figures. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Used(Group group, long nanos) {}

    private final ProcessHandle process;
    private final Map<String, Used> atStart;
    private final double allAtStart;

    private ThreadCpu(ProcessHandle process) {
        this.process = process;
        this.allAtStart = all(process);
        this.atStart = threads(process);
    }

    /** Starts to measure. */
    public static ThreadCpu start(ProcessHandle process) {
        return new ThreadCpu(process);
    }

    /** CPU seconds of each group since the start; all is with the others where the system does not tell threads apart. */
    public Map<Group, Double> stop() {
        Map<Group, Double> seconds = new EnumMap<>(Group.class);
        for (Group group : Group.values()) {
            seconds.put(group, 0.0);
        }
        double told = 0;
        for (Map.Entry<String, Used> thread : threads(process).entrySet()) {
            Used before = atStart.get(thread.getKey());
            double used = (thread.getValue().nanos() - (before == null ? 0 : before.nanos())) / 1e9;
            seconds.merge(thread.getValue().group(), used, Double::sum);
            told += used;
        }
        seconds.merge(Group.OTHER, Math.max(0, all(process) - allAtStart - told), Double::sum);
        return seconds;
    }

    private static double all(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    }

    private static Map<String, Used> threads(ProcessHandle process) {
        Map<String, Used> threads = new HashMap<>();
        Path tasks = Path.of("/proc/" + process.pid() + "/task");
        if (!Files.isDirectory(tasks)) {
            return threads;
        }
        try (DirectoryStream<Path> each = Files.newDirectoryStream(tasks)) {
            for (Path task : each) {
                addTo(threads, task);
            }
        } catch (IOException gone) {
            // The process ended: nothing more is known of it than what was read.
        }
        return threads;
    }

    private static void addTo(Map<String, Used> threads, Path task) {
        try {
            // schedstat: nanoseconds on a processor, nanoseconds ready and waiting for one, turns
            String[] fields = Files.readString(task.resolve("schedstat")).split(" ");
            threads.put(task.getFileName().toString(), new Used(
                    Group.of(Files.readString(task.resolve("comm")).strip()), Long.parseLong(fields[0])));
        } catch (IOException ended) {
            // The thread is gone; its time is in that of the process.
        }
    }
}
