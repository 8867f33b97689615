package io.forebay.bench.peers;

import io.forebay.bench.load.ChildProcesses;
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
 * A library, measured in a process of its own with the JDK, JVM options, class path and arguments of this one: so its memory
 * is told apart, and no library runs in a JVM that another one warmed up or littered. Its heap shrinks to what is used when
 * garbage is collected, so that the process's memory says what the library needs.
 *
 * <p>Failure: a process that fails is an exception with what it said last.
 *
 * <p>Format: the result is a file, as Java serializes {@link PeerRun}; both sides are of one build.
 */
final class SideProcess {
    /** Hidden options of the command, by which the other process knows its task. */
    static final String SIDE = "--side";
    static final String ROUND = "--side-round";
    static final String DIRECTORY = "--side-directory";

    private static final String MAIN = "io.forebay.bench.Main";
    private static final String ANSWER = "run";
    private static final List<String> SHRINKING = List.of("-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=10");

    private SideProcess() {}

    /** @param arguments of this process, as it was called */
    static PeerRun run(List<String> arguments, PeerKind kind, int round, Path directory)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(java());
        line.addAll(arguments);
        line.addAll(List.of(SIDE, kind.toString(), ROUND, Integer.toString(round), DIRECTORY,
                directory.toString()));
        Process process = ChildProcesses.keep(new ProcessBuilder(line).redirectErrorStream(true).start());
        process.getOutputStream().close();
        String last = "its process ended without a word";
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String said = lines.readLine(); said != null; said = lines.readLine()) {
                // The first line of an exception, not its last frame.
                last = said.isBlank() || said.startsWith("\t") ? last : said;
            }
            process.waitFor();
        } finally {
            ChildProcesses.kill(process);
        }
        Path answer = directory.resolve(ANSWER);
        if (process.exitValue() != 0 || !Files.exists(answer)) {
            throw new IOException(last);
        }
        return read(answer);
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger or profiler of this process is not meant for the other one.
            if (!option.startsWith("-agent") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(SHRINKING);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        return command;
    }

    /** In the other process: leaves the result where it is looked for. */
    static void answer(PeerRun run, Path directory) throws IOException {
        try (ObjectOutputStream out = new ObjectOutputStream(
                Files.newOutputStream(directory.resolve(ANSWER)))) {
            out.writeObject(run);
        }
    }

    private static PeerRun read(Path answer) throws IOException {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(answer))) {
            return (PeerRun) in.readObject();
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }
}
