package io.forebay.bench.imports;

import io.forebay.bench.load.ChildProcesses;
import io.forebay.bench.load.ProcessState;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A task in a process of its own, with the JDK, JVM options and class path of this one; its memory is looked at all
 * the time.
 *
 * <p>Failure: a process that fails is an exception with what it said last; one that does not end in time is killed.
 *
 * <p>Format: task and answer are files, as Java serializes them; both sides are of one build.
 */
final class ImportProcess {
    private static final String TASK = "task";
    private static final String ANSWER = "answer";
    private static final int LOOK_MILLIS = 20;
    private static final long HOURS_MAX = 2;

    private ImportProcess() {}

    /** @param heapMb 0: as this process */
    static ImportAnswer run(ImportTask task, int heapMb) throws IOException, InterruptedException {
        Path directory = Path.of(task.directory());
        try (ObjectOutputStream out = new ObjectOutputStream(
                Files.newOutputStream(directory.resolve(TASK)))) {
            out.writeObject(task);
        }
        Path log = directory.resolve("log");
        Process process = ChildProcesses.keep(new ProcessBuilder(command(directory, heapMb))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start());
        long privatePeak = 0;
        try {
            process.getOutputStream().close();
            long end = System.nanoTime() + TimeUnit.HOURS.toNanos(HOURS_MAX);
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                privatePeak = Math.max(privatePeak, privateBytes(process));
                if (System.nanoTime() > end) {
                    throw new IOException("an import did not end within " + HOURS_MAX + " hours");
                }
            }
        } finally {
            ChildProcesses.kill(process);
        }
        Path answer = directory.resolve(ANSWER);
        if (process.exitValue() != 0 || !Files.exists(answer)) {
            throw new IOException("the process that imports failed: " + reason(log));
        }
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(answer))) {
            return ((ImportAnswer) in.readObject()).withPrivatePeak(privatePeak);
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }

    private static long privateBytes(Process process) {
        try {
            return ProcessState.of(process.toHandle()).privateBytes();
        } catch (IOException gone) {
            return 0;
        }
    }

    /** The first line of the last exception, or whatever it said last. */
    private static String reason(Path log) throws IOException {
        return Files.readString(log).lines().filter(line -> !line.isBlank() && !line.startsWith("\t"))
                .reduce((first, second) -> second).orElse("it ended without a word");
    }

    private static List<String> command(Path directory, int heapMb) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger or profiler of this process is not meant for the other one.
            if (!option.startsWith("-agent") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        if (heapMb > 0) {
            command.add("-Xmx" + heapMb + "m");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ImportProcess.class.getName(),
                directory.toString()));
        return command;
    }

    /** In the other process. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        ImportTask task;
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(directory.resolve(TASK)))) {
            task = (ImportTask) in.readObject();
        }
        ImportAnswer answer = new ImportWork(task).run();
        try (ObjectOutputStream out = new ObjectOutputStream(
                Files.newOutputStream(directory.resolve(ANSWER)))) {
            out.writeObject(answer);
        }
        System.exit(0);
    }
}
