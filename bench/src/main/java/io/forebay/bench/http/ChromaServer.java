package io.forebay.bench.http;

import io.forebay.bench.load.ChildProcesses;
import io.forebay.bench.load.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Chroma's own server on a free port.
 *
 * <p>Failure: the constructor throws with the reason why this machine cannot run it; nothing is left running.
 */
public final class ChromaServer implements VectorServer {
    private static final int START_TRIES_MAX = 300;
    private static final int TRY_MILLIS = 100;

    private final Process process;
    private final int port;

    /** @param directory for its data, which may hold those of an earlier one, and for its log */
    public ChromaServer(ChromaInstall install, Path directory) throws IOException, InterruptedException {
        port = freePort();
        Path log = directory.resolve("chroma.log");
        process = install.start(List.of("run", "--path", directory.resolve("data").toString(), "--host",
                "127.0.0.1", "--port", Integer.toString(port)), directory, log);
        byte[] heartbeat = WireClient.request("GET", "/api/v2/heartbeat", new byte[0]);
        for (int i = 0; i < START_TRIES_MAX; i++) {
            if (process.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("its server ended: " + ChromaInstall.reason(log));
            }
            try (WireClient client = new WireClient(port)) {
                client.exchange(heartbeat);
                return;
            } catch (IOException notYet) {
                // It is asked again.
            }
        }
        close();
        throw new IOException("its server did not answer: " + ChromaInstall.reason(log));
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
            ChromaInstall install = ChromaInstall.of(workspace, how);
            ChromaServer server = new ChromaServer(install, workspace.newDirectory("chroma"));
            note.accept("Chroma's own server is of " + install.about());
            return server;
        } catch (IOException e) {
            note.accept("without Chroma's own server, which does not run here: " + e.getMessage());
            return null;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
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
        ChildProcesses.kill(process);
    }
}
