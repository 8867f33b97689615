package io.forebay.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's server: a process of its own, started as this one was, on a free port and in a temporary
 * directory.
 *
 * <p>Threads: a daemon reads what the server prints.
 *
 * <p>Failure: the server ends when its standard input does, so it never outlives this process, however that
 * ends.
 */
final class DemoServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoServer.class);
    private static final Pattern URL = Pattern.compile("listening on (http://\\S+?)[,\\s]");
    private static final long START_SECONDS_MAX = 60;
    private static final int LOG_LINES_SHOWN = 15;

    private final Process process;
    private final Path directory;
    private final String startLine;
    private final String url;

    private DemoServer(Process process, Path directory, String startLine) {
        this.process = process;
        this.directory = directory;
        this.startLine = startLine;
        Matcher matcher = URL.matcher(startLine);
        this.url = matcher.find() ? matcher.group(1) : "";
    }

    static DemoServer start() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("forebay-demo-");
        Path log = directory.resolve("server.log");
        List<String> command = Launch
                .again(List.of("run", "--path", directory.resolve("data").toString(), "--host",
                        "127.0.0.1", "--port", "0", "--set", "auth.mode=off", "--stop-at-eof"));
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectError(log.toFile()).start();
        CompletableFuture<String> started = new CompletableFuture<>();
        CliThreads.start("server-output", () -> read(process, started));
        try {
            return new DemoServer(process, directory, started.get(START_SECONDS_MAX, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly().waitFor();
            String said = tail(log);
            delete(directory);
            throw new CommandException("the demo's server did not start; it said:\n" + said);
        }
    }

    /**
     * Reads all that the server prints, so that it never waits for a reader; the first line says where it
     * listens.
     */
    private static void read(Process process, CompletableFuture<String> started) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (URL.matcher(line).find()) {
                    started.complete(line);
                }
            }
            started.completeExceptionally(new CommandException("it ended"));
        } catch (IOException e) {
            started.completeExceptionally(e);
        }
    }

    String url() {
        return url;
    }

    /** What the server said when it was ready. */
    String startLine() {
        return startLine;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines of its log. */
    String tail() {
        return tail(directory.resolve("server.log"));
    }

    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Stops the server as SIGTERM does and removes its directory. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(RunCommand.STOP_SECONDS_MAX + 2, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(directory);
    }

    private static String tail(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES_SHOWN), all.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /** As much as can be removed: it is a temporary directory. */
    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", directory,
                    e.getMessage());
        }
    }
}
