package io.forebay.bench.peers;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.QueryRequest;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server that is driven with Forebay's own Java client: ours, and Chroma's, whose HTTP interface is the same. */
abstract class ClientPeer implements Peer {
    /** Of one request: Chroma's answer waits for the graph, behind the batches of all other clients. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(10);

    private final Space space;
    private @Nullable ForebayClient client;
    private @Nullable CollectionClient used;

    ClientPeer(Space space) {
        this.space = space;
    }

    /** From now on this server is driven; the collection in use is looked up again. */
    final void connect(URI address) {
        disconnect();
        ForebayClient connected = ForebayClient.builder(address).requestTimeout(REQUEST_TIMEOUT).build();
        client = connected;
        CollectionClient known = used;
        if (known != null) {
            used = connected.collection(known.name());
        }
    }

    final void disconnect() {
        ForebayClient known = client;
        if (known != null) {
            known.close();
        }
        client = null;
    }

    private ForebayClient client() {
        return Objects.requireNonNull(client);
    }

    final CollectionClient collection() {
        return Objects.requireNonNull(used);
    }

    final String version() {
        return client().version();
    }

    @Override
    public void use(String name) {
        used = client().createCollection(name, CollectionConfig.of(space));
    }

    @Override
    public void write(RecordBatch batch) {
        collection().write(batch);
    }

    @Override
    public long count() {
        return collection().count();
    }

    @Override
    public void drop() {
        client().deleteCollection(collection().name());
        used = null;
    }

    /** @param width 0 for the collection's own */
    final List<String> nearest(float[] embedding, int count, int width) {
        QueryRequest plain = QueryRequest.nearest(embedding, count);
        QueryRequest request = new QueryRequest(plain.embeddings(), count, null, null, plain.include(),
                width);
        return collection().query(request).getFirst().stream().map(hit -> hit.record().id()).toList();
    }
}
