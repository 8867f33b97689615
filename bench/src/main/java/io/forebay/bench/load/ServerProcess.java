package io.forebay.bench.load;

import io.forebay.model.Durability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real server: a process of its own with the JDK, JVM options and class path of this one, a free port and
 * a directory, which may hold the store of an earlier one.
 *
 * <p>Threads: {@code server-out} reads what it prints; everything else is for one thread.
 *
 * <p>Failure: a server that does not start, or ends, fails with the last lines of its log. It gets the end
 * of its standard input when this process dies, which stops it ({@code --stop-at-eof}).
 */
public final class ServerProcess implements AutoCloseable {
    private static final String SERVER_MAIN = "io.forebay.server.Main";
    private static final Pattern URL = Pattern.compile("listening on (http://\\S+?)[,\\s]");
    private static final Pattern BINARY_URL = Pattern.compile("(forebay://\\S+?)[,\\s]");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final int START_SECONDS_MAX = 120;
    private static final int BINARY_SECONDS_MAX = 5;
    private static final int STOP_SECONDS_MAX = 20;
    private static final int LOG_LINES_SHOWN = 20;

    private final Process process;
    private final Path log;
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final CompletableFuture<URI> binaryAddress = new CompletableFuture<>();

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        BenchThreads.serverOutput(this::watchOutput);
    }

    /**
     * Starts a server and waits until it listens.
     *
     * @param directory where its store is made; its log goes to {@code server.log} beside the store
     */
    public static ServerProcess start(Path directory, boolean batchIngest, Durability durability)
            throws IOException {
        return start(directory, Map.of("ingest.batch_ingest", Boolean.toString(batchIngest),
                "wal.durability", durability.wireName()));
    }

    /**
     * Starts a server and waits until it listens.
     *
     * @param settings keys of the configuration that are not to be as they are without any
     */
    public static ServerProcess start(Path directory, Map<String, String> settings) throws IOException {
        return start(directory, settings, Map.of());
    }

    /** @param environment variables of the process, beside those of this one */
    public static ServerProcess start(Path directory, Map<String, String> settings,
            Map<String, String> environment) throws IOException {
        Files.createDirectories(directory);
        Path log = directory.resolve("server.log");
        ProcessBuilder builder = new ProcessBuilder(command(directory.resolve("store"), settings))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        ServerProcess server = new ServerProcess(builder.start(), log);
        try {
            server.address.get(START_SECONDS_MAX, TimeUnit.SECONDS);
            return server;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            server.close();
            throw new IOException("the server did not start; its log ends with\n" + server.logTail(), e);
        }
    }

    private static List<String> command(Path store, Map<String, String> settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger or profiler of this process is not meant for the other one.
            if (!option.startsWith("-agent") && !option.startsWith("-javaagent")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SERVER_MAIN, "run", "--path",
                store.toString(), "--host", "127.0.0.1", "--port", "0", "--stop-at-eof", "--set",
                "auth.mode=off"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return command;
    }

    private void watchOutput() {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = URL.matcher(line + " ");
                if (matcher.find()) {
                    address.complete(URI.create(matcher.group(1)));
                }
                Matcher binary = BINARY_URL.matcher(line + " ");
                if (binary.find()) {
                    binaryAddress.complete(URI.create(binary.group(1)));
                }
            }
        } catch (IOException closed) {
            // The process is gone, which the next line tells whoever still waits for the address.
        }
        address.completeExceptionally(new IOException("the server ended before it listened"));
    }

    public URI address() {
        return address.join();
    }

    /** Of its binary port, which it says beside the other one if it was told to have one. */
    public URI binaryAddress() {
        try {
            return binaryAddress.get(BINARY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the server says nothing of a binary port", e);
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** The most memory it ever had resident; 0 where the system does not say. */
    public long residentBytesPeak() {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        try {
            Matcher peak = PEAK.matcher(Files.isReadable(status) ? Files.readString(status) : "");
            return peak.find() ? Long.parseLong(peak.group(1)) << 10 : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** Has it collect its garbage, so that its memory is what it needs and not what it has not yet given back. */
    public void collectGarbage() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()), "GC.run").redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd GC.run failed: " + said);
        }
    }

    /** What the server said last, for the message of a failure. */
    public String logTail() {
        try (InputStream in = Files.newInputStream(log)) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            return String.join("\n",
                    lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** SIGKILL, as kill -9 does it: nothing is closed or flushed. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and SIGKILL if that does not end it in time. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        closeInput();
    }

    private void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
