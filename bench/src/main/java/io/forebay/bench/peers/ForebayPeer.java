package io.forebay.bench.peers;

import io.forebay.bench.load.ServerProcess;
import io.forebay.client.FlushPosition;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Forebay's server, a process of its own. */
final class ForebayPeer extends ClientPeer {
    private final ServerProcess server;
    private final Path directory;
    private final String how;
    private volatile int width;

    private ForebayPeer(PeerSetup setup, ServerProcess server, Path directory, URI address, String how) {
        super(setup.space());
        this.server = server;
        this.directory = directory;
        this.how = how;
        connect(address);
    }

    static ForebayPeer overHttp(PeerSetup setup, Path directory) throws IOException {
        return over(setup, directory, Map.of(), ServerProcess::address, "HTTP, base64");
    }

    /**
     * @param settings  what the server must be told so that it can be reached this way
     * @param address   whose scheme says to the client how to talk
     * @param transport for people
     */
    private static ForebayPeer over(PeerSetup setup, Path directory, Map<String, String> settings,
            Function<ServerProcess, URI> address, String transport) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("wal.durability", setup.settings().durability());
        String heap = setup.settings().forebayHeap();
        Map<String, String> environment = heap == null ? Map.of() : Map.of("JDK_JAVA_OPTIONS", "-Xmx" + heap);
        ServerProcess server = ServerProcess.start(directory, all, environment);
        return new ForebayPeer(setup, server, directory, address.apply(server), about(setup, transport));
    }

    private static String about(PeerSetup setup, String transport) {
        @Nullable
        String heap = setup.settings().forebayHeap();
        return "this build, " + transport + ", batch ingest on, durability " + setup.settings().durability()
                + ", M 16, efConstruction 100, heap " + (heap == null ? "as the launcher sets it" : heap)
                + "; complete: flushed to LINKED";
    }

    @Override
    public String about() {
        return how;
    }

    @Override
    public void complete() {
        collection().flush(FlushPosition.LINKED);
    }

    /** Of each query. */
    @Override
    public void searchWidth(int candidates) {
        width = candidates;
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        return nearest(embedding, count, width);
    }

    @Override
    public ProcessHandle process() {
        return server.handle();
    }

    @Override
    public Path files() {
        return directory;
    }

    @Override
    public void close() {
        disconnect();
        server.close();
    }
}
