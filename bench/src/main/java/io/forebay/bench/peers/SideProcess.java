package io.forebay.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A library, measured in a process of its own with the JDK, JVM options and class path of this one: so its memory is told apart,
 * and no library runs in a JVM that another one warmed up or littered. Its heap shrinks to what is used when garbage is
 * collected, so that the process's memory says what the library needs.
 *
 * <p>Failure: a process that fails is an exception with what it said last.
 *
 * <p>Format: settings and result are files, as Java serializes {@link Task} and {@link PeerRun}; both sides are of one build.
 */
final class SideProcess {
    private static final List<String> SHRINKING = List.of("-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=10");

    /** What the other process is asked for. */
    record Task(PeerKind kind, int round, PeerSettings settings, String root, String directory)
            implements
                java.io.Serializable {}

    private SideProcess() {}

    static PeerRun run(Task task) throws IOException, InterruptedException {
        Path folder = Path.of(task.directory());
        Path asked = folder.resolve("task");
        Path answer = folder.resolve("run");
        Files.createDirectories(folder);
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(asked))) {
            out.writeObject(task);
        }
        Process process = new ProcessBuilder(command(asked, answer)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String last = "";
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // The first line of an exception, not its last frame.
                last = line.isBlank() || line.startsWith("\t") ? last : line;
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0 || !Files.exists(answer)) {
            throw new IOException(last.isEmpty() ? "its process ended without a word" : last);
        }
        return read(answer, PeerRun.class);
    }

    private static List<String> command(Path asked, Path answer) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger or profiler of this process is not meant for the other one.
            if (!option.startsWith("-agent") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(SHRINKING);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SideMain.class.getName(),
                asked.toString(), answer.toString()));
        return command;
    }

    static <T> T read(Path file, Class<T> type) throws IOException {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
            return type.cast(in.readObject());
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }
}
