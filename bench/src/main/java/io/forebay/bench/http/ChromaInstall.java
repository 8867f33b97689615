package io.forebay.bench.http;

import io.forebay.bench.load.ChildProcesses;
import io.forebay.bench.load.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What starts Chroma's own server: the npm package {@code chromadb}, installed into a directory that goes when the benchmark
 * ends, or a command that is there already.
 *
 * <p>Failure: {@link #of} throws with the reason why this machine cannot run it.
 *
 * @param environment variables that its process needs
 * @param about       for people: which version, and what was changed to make it run here
 */
public record ChromaInstall(List<String> command, Map<String, String> environment, String about) {
    private static final String PACKAGE = "chromadb@3.5.0";
    private static final int INSTALL_SECONDS_MAX = 300;

    public ChromaInstall {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** @param how {@code npm}, or what starts it, to which {@code run} and its options are added */
    public static ChromaInstall of(Workspace workspace, String how) throws IOException, InterruptedException {
        return how.equals("npm")
                ? npm(workspace.newDirectory("chroma-npm"))
                : new ChromaInstall(List.of(how.split(" ")), Map.of(), "the command '" + how + "'");
    }

    private static ChromaInstall npm(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("npm.log");
        Process npm = start(
                List.of("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix",
                        directory.toString(), PACKAGE),
                Map.of(), directory, log);
        if (!npm.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS)) {
            npm.destroyForcibly().waitFor();
            throw new IOException("npm did not end");
        }
        if (npm.exitValue() != 0) {
            throw new IOException("npm cannot install it: " + reason(log));
        }
        ChromaInstall plain = new ChromaInstall(
                List.of(directory.resolve("node_modules/.bin/chroma").toString()), Map.of(),
                "npm's " + PACKAGE);
        return NewerLibc.isMissed(plain.failure(directory)) ? plain.adapted(directory) : plain;
    }

    /** What its help says when it does not run. */
    private String failure(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("help.log");
        List<String> line = new ArrayList<>(command);
        line.add("--help");
        Process help = start(line, environment, directory, log);
        boolean ended = help.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS);
        help.destroyForcibly();
        return ended && help.exitValue() == 0 ? "" : Files.readString(log);
    }

    private ChromaInstall adapted(Path directory) throws IOException, InterruptedException {
        ChromaInstall adapted = new ChromaInstall(command, NewerLibc.supply(directory),
                about + ", which wants a C library newer than the one here: what it misses (strtol and sscanf of"
                        + " C23) was compiled here, and its binary made to ask for no more");
        String failure = adapted.failure(directory);
        if (!failure.isEmpty()) {
            throw new IOException("its server does not run: " + failure.lines().findFirst().orElse(""));
        }
        return adapted;
    }

    /** Starts the command with these arguments; its output goes to the log. */
    Process start(List<String> arguments, Path directory, Path log) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(arguments);
        return start(line, environment, directory, log);
    }

    private static Process start(List<String> line, Map<String, String> environment, Path directory, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return ChildProcesses.keep(builder.start());
    }

    /** The line that names an error, or the last one. */
    static String reason(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.isBlank()).toList();
        return lines.stream().filter(line -> line.contains("rror")).findFirst()
                .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
    }
}
