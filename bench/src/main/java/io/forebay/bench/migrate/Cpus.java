package io.forebay.bench.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** On which processors a process runs, by {@code taskset}. */
final class Cpus {
    /** Of the machine: once this process is pinned the JVM says fewer. */
    private static final int COUNT = Runtime.getRuntime().availableProcessors();

    private Cpus() {}

    /** Whether there are two at least, and the program. */
    static boolean canPin() throws InterruptedException {
        try {
            return COUNT > 1
                    && new ProcessBuilder("taskset", "--version").start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    /** All threads of the process, and those that they start. */
    static void pin(ProcessHandle process, String list) throws IOException, InterruptedException {
        Process taskset = new ProcessBuilder("taskset", "-a", "-c", "-p", list, Long.toString(process.pid()))
                .redirectErrorStream(true).start();
        String said = new String(taskset.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (taskset.waitFor() != 0) {
            throw new IOException("taskset failed: " + said);
        }
    }

    static int count() {
        return COUNT;
    }

    static String all() {
        return "0-" + (COUNT - 1);
    }

    static String first() {
        return "0";
    }

    static String others() {
        return "1-" + (COUNT - 1);
    }
}
