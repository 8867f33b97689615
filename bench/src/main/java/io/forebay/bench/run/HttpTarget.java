package io.forebay.bench.run;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.HttpLoad;
import io.forebay.bench.load.ServerProcess;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.HnswConfig;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server of its own, asked over HTTP. The width of the search is set on the collection, as Chroma's
 * clients do.
 */
final class HttpTarget implements QueryTarget {
    private static final int LOAD_CLIENTS = 4;

    private final ServerProcess server;
    private final ForebayClient client;
    private final CollectionConfig config;
    private @Nullable CollectionClient used;

    private HttpTarget(ServerProcess server, ForebayClient client, CollectionConfig config) {
        this.server = server;
        this.client = client;
        this.config = config;
    }

    static HttpTarget start(Path directory, Space space, int efSearch) throws IOException {
        ServerProcess server = ServerProcess.start(directory, true, Durability.SYNC);
        ForebayClient client = ForebayClient.connect(server.address().toString());
        return new HttpTarget(server, client, config(space, efSearch));
    }

    private static CollectionConfig config(Space space, int efSearch) {
        HnswConfig plain = HnswConfig.of(space);
        return CollectionConfig.of(space).withHnsw(new HnswConfig(space, plain.efConstruction(),
                efSearch == 0 ? plain.efSearch() : efSearch, plain.maxNeighbors(), plain.numThreads(),
                plain.batchSize(), plain.syncThreshold(), plain.resizeFactor()));
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public ProcessHandle server() {
        return server.handle();
    }

    @Override
    public void use(String collection) {
        used = client.createCollection(collection, config);
    }

    @Override
    public void drop() {
        client.deleteCollection(collection().name());
    }

    private CollectionClient collection() {
        return Objects.requireNonNull(used);
    }

    @Override
    public void load(BatchSource source) throws Exception {
        HttpLoad.run(collection(), source, LOAD_CLIENTS);
    }

    @Override
    public long unlinked() {
        return collection().indexingStatus().unindexedOperations();
    }

    @Override
    public void drain() {
        collection().flush(FlushPosition.LINKED);
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        return Queries.ids(collection().query(Queries.request(embedding, count, 0)));
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
