package io.forebay.server.soak;

import io.forebay.client.ForebayClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server as a process of its own, one life after another on the same store.
 *
 * <p>Threads: one starts and kills; any asks for the life that is now, and waits for the next.
 */
final class SoakServer implements AutoCloseable {
    /** One life; its client is for everybody, and broken when the life is over. */
    record Life(int number, Process process, URI address, ForebayClient client) {}

    private static final Pattern URL = Pattern.compile("listening on (http://\\S+?)[,\\s]");
    /** Small enough for plateaus to be reached in minutes. */
    private static final Map<String, String> SETTINGS = Map.of("FOREBAY_AUTH__MODE", "off",
            "FOREBAY_WAL__EXTENT_BYTES", "16MiB", "FOREBAY_WAL__DISK_RESERVE_BYTES", "0",
            "FOREBAY_INGEST__IDEMPOTENCY_KEYS_MAX", "2000", "FOREBAY_INGEST__CHECKPOINT_INTERVAL_MILLIS",
            "3000",
            "FOREBAY_INDEX__ROCKS_CACHE_BYTES", "32MiB", "FOREBAY_INGEST__CHECKPOINT_BYTES", "16MiB");

    private final Path directory;
    private final Path log;
    private Life life;
    private final List<Life> ended = new ArrayList<>();
    private int lives;
    private boolean over;

    SoakServer(Path directory) {
        this.directory = directory;
        this.log = directory.resolve("server.log");
    }

    /** The server's log, of all lives. */
    Path log() {
        return log;
    }

    int lives() {
        return lives;
    }

    /** Waits until it listens. */
    void start() throws IOException {
        // All of the heap is resident from the beginning: what grows is something else.
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + System.getProperty("forebay.root") + "/jvm.options",
                "@" + System.getProperty("forebay.root") + "/launcher.options", "-Xmx384m", "-Xms384m",
                "-XX:+AlwaysPreTouch", "-cp",
                System.getProperty("java.class.path"), "io.forebay.server.Main", "run", "--path",
                directory.resolve("store").toString(), "--host", "127.0.0.1", "--port", "0", "--stop-at-eof");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(SETTINGS);
        Process process = builder.start();
        URI address = address(process);
        synchronized (this) {
            life = new Life(lives++, process, address,
                    ForebayClient.builder(address).backoffAttemptsMax(50).build());
            notifyAll();
        }
    }

    private URI address(Process process) throws IOException {
        // Not closed: the server writes to it as long as it lives.
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = URL.matcher(line + " ");
            if (matcher.find()) {
                return URI.create(matcher.group(1));
            }
        }
        throw new IOException("the server did not start; its log ends with\n" + logTail());
    }

    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    synchronized Life now() {
        return life;
    }

    /** Waits until there is another life than this one, or fails when there will be none. */
    synchronized Life after(Life ended) {
        while (life == ended) {
            if (over) {
                throw new IllegalStateException("the server is gone");
            }
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return life;
    }

    /** SIGKILL; the next life begins with {@link #start}. */
    void kill() {
        Life ended = now();
        ended.process.toHandle().destroyForcibly();
        awaitEnd(ended.process);
        ended(ended);
    }

    private synchronized void ended(Life one) {
        ended.add(one);
    }

    /** Nobody uses the lives that are over any more. */
    synchronized void forgetEnded() {
        ended.forEach(one -> one.client.close());
        ended.clear();
    }

    private static void awaitEnd(Process process) {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return now().process.isAlive();
    }

    /** A number in kB out of the process's status, in bytes; 0 where the system does not say. */
    long memory(String name) {
        Path status = Path.of("/proc/" + now().process.pid() + "/status");
        try {
            Matcher found = Pattern.compile(name + ":\\s+(\\d+) kB")
                    .matcher(Files.isReadable(status) ? Files.readString(status) : "");
            return found.find() ? Long.parseLong(found.group(1)) << 10 : 0;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        if (life != null) {
            life.process.destroy();
            awaitEnd(life.process);
            life.client.close();
        }
    }
}
