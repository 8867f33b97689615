package io.forebay.bench.http;

import io.forebay.bench.load.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Chroma's own server: of the npm package {@code chromadb}, installed into a directory that goes when the benchmark ends, or
 * of a command that is there already.
 *
 * <p>Failure: the constructor throws with the reason why this machine cannot run it; nothing is left running.
 */
final class ChromaServer implements VectorServer {
    private static final String PACKAGE = "chromadb@3.5.0";
    private static final int INSTALL_SECONDS_MAX = 300;
    private static final int START_TRIES_MAX = 300;
    private static final int TRY_MILLIS = 100;

    private final Process process;
    private final int port;

    /** @param command {@code npm}, or what starts it, to which {@code run} and its options are added */
    ChromaServer(Path directory, String command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                command.equals("npm") ? List.of(install(directory).toString()) : List.of(command.split(" ")));
        port = freePort();
        line.addAll(List.of("run", "--path", directory.resolve("data").toString(), "--host", "127.0.0.1",
                "--port",
                Integer.toString(port)));
        Path log = directory.resolve("chroma.log");
        process = start(line, directory, log);
        byte[] heartbeat = WireClient.request("GET", "/api/v2/heartbeat", new byte[0]);
        for (int i = 0; i < START_TRIES_MAX; i++) {
            if (process.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("its server ended: " + reason(log));
            }
            try (WireClient client = new WireClient(port)) {
                client.exchange(heartbeat);
                return;
            } catch (IOException notYet) {
                // It is asked again.
            }
        }
        close();
        throw new IOException("its server did not answer: " + reason(log));
    }

    /** Null where it was not asked for or does not run, and the note says why. */
    static @Nullable VectorServer startOrExplain(Workspace workspace, @Nullable String how,
            Consumer<String> note)
            throws IOException, InterruptedException {
        if (how == null) {
            note.accept("without Chroma's own server, as asked");
            return null;
        }
        try {
            return new ChromaServer(workspace.newDirectory("chroma"), how);
        } catch (IOException e) {
            note.accept("without Chroma's own server, which does not run here: " + e.getMessage());
            return null;
        }
    }

    private static Path install(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("npm.log");
        Process npm = start(
                List.of("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix",
                        directory.toString(), PACKAGE),
                directory, log);
        if (!npm.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS)) {
            npm.destroyForcibly().waitFor();
            throw new IOException("npm did not end");
        }
        if (npm.exitValue() != 0) {
            throw new IOException("npm cannot install it: " + reason(log));
        }
        return directory.resolve("node_modules/.bin/chroma");
    }

    private static Process start(List<String> line, Path directory, Path log) throws IOException {
        return new ProcessBuilder(line).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The line that names an error, or the last one. */
    private static String reason(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.isBlank()).toList();
        return lines.stream().filter(line -> line.contains("rror")).findFirst()
                .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
    }

    @Override
    public String name() {
        return "chroma";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Its writes return when the records are in its index. */
    @Override
    public void awaitIndex(WireCollection collection) {}

    /** Asked to stop it would never end. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
