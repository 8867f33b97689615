package io.forebay.bench.peers;

import io.forebay.bench.http.ChromaServer;
import io.forebay.bench.http.WireClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chroma's own server. It links before it answers a write; what it had not, the first query after the last write would link,
 * so that query is part of the time until all is in the index.
 *
 * <p>The width of its search is a setting of the collection that it reads when it loads the index: it is stopped and started
 * again for each width. A server that runs elsewhere keeps the one that its collections are made with.
 */
final class ChromaPeer extends ClientPeer {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections/";
    private static final int WIDTH = 100;

    private final PeerSetup setup;
    private final @Nullable Path directory;
    private final float[] probe;
    private String about = "";
    private @Nullable ChromaServer server;

    private ChromaPeer(PeerSetup setup, @Nullable Path directory) {
        super(setup.space());
        this.setup = setup;
        this.directory = directory;
        this.probe = new float[setup.dimension()];
        probe[0] = 1;
    }

    static ChromaPeer open(PeerSetup setup, Path directory) throws IOException, InterruptedException {
        String url = setup.settings().chromaUrl();
        ChromaPeer peer = new ChromaPeer(setup, url == null ? Files.createDirectories(directory) : null);
        String what;
        if (url == null) {
            peer.start();
            what = setup.chroma().about();
        } else {
            peer.connect(URI.create(url));
            what = "the server at " + url + ", whose width of the search stays at " + WIDTH;
        }
        peer.about = what + ", says version " + peer.version()
                + ", HTTP, base64, M 16, efConstruction 100, as it comes; complete: first query after the last ack";
        return peer;
    }

    private void start() throws IOException, InterruptedException {
        Path folder = directory;
        if (folder == null) {
            throw new IllegalStateException("it runs elsewhere");
        }
        ChromaServer started = new ChromaServer(setup.chroma(), folder);
        server = started;
        connect(URI.create("http://127.0.0.1:" + started.port()));
    }

    @Override
    public String about() {
        return about;
    }

    @Override
    public void complete() {
        nearest(probe, 1, 0);
    }

    @Override
    public List<Integer> widths(List<Integer> candidates) {
        return server == null ? List.of(WIDTH) : candidates;
    }

    @Override
    public void searchWidth(int width) throws IOException, InterruptedException {
        ChromaServer running = server;
        if (running != null) {
            try (WireClient client = new WireClient(running.port())) {
                client.exchange(WireClient.request("PUT", COLLECTIONS + collection().id(),
                        ("{\"new_configuration\":{\"hnsw\":{\"ef_search\":" + width + "}}}")
                                .getBytes(StandardCharsets.UTF_8)));
            }
            running.close();
            start();
            nearest(probe, 1, 0);
        }
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        return nearest(embedding, count, 0);
    }

    @Override
    public @Nullable ProcessHandle process() {
        ChromaServer running = server;
        return running == null ? null : running.process();
    }

    @Override
    public @Nullable Path files() {
        return directory;
    }

    @Override
    public void close() {
        ChromaServer running = server;
        if (running == null && setup.settings().chromaUrl() != null) {
            dropLeftOver();
        }
        disconnect();
        if (running != null) {
            running.close();
        }
    }

    /** A server that stays is left as it was found. */
    private void dropLeftOver() {
        try {
            drop();
        } catch (RuntimeException e) {
            // There is none, or the server is gone.
        }
    }
}
