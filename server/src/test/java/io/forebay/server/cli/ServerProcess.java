package io.forebay.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code forebay run} in a process of its own, on a free port, with its log in a file. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("listening on (https?://[^ ,]+)");

    final Process process;
    final URI address;
    final Path log;
    final Path store;

    ServerProcess(Path directory, Map<String, String> settings) throws IOException {
        this(directory, settings, Map.of());
    }

    ServerProcess(Path directory, Map<String, String> settings, Map<String, String> environment)
            throws IOException {
        store = directory.resolve("store");
        log = directory.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + System.getProperty("forebay.root") + "/jvm.options",
                "@" + System.getProperty("forebay.root") + "/launcher.options", "-Xmx256m",
                // The one of the product: tests have their own on the class path.
                "-Dlogback.configurationFile=" + System.getProperty("forebay.root")
                        + "/server/src/main/resources/logback.xml",
                "-cp",
                System.getProperty("java.class.path"), "io.forebay.server.Main", "run", "--path",
                store.toString(),
                "--host", "127.0.0.1", "--port", "0", "--stop-at-eof"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .putAll(Map.of("FOREBAY_WAL__EXTENT_BYTES", "8MiB", "FOREBAY_WAL__DISK_RESERVE_BYTES",
                        "0", "FOREBAY_INDEX__ROCKS_CACHE_BYTES", "16MiB"));
        builder.environment().putAll(environment);
        process = builder.start();
        address = address();
    }

    private URI address() throws IOException {
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher found = URL.matcher(line);
            if (found.find()) {
                return URI.create(found.group(1));
            }
        }
        throw new IOException("the server did not start: " + Files.readString(log));
    }

    /** SIGTERM; does not wait. Not by {@code Process.destroy}, which also ends what is read from the process. */
    void terminate() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).inheritIO().start().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
