package io.forebay.bench.query;

import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Transport;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server of its own. All its sides ask the same collection, so they find the same: their recall is equal. */
final class ServerStore implements Store {
    private final ServerProcess server;
    private final AnswerFields fields;
    private final Map<Side, ForebayClient> clients = new EnumMap<>(Side.class);
    private final ForebayClient control;
    private @Nullable CollectionClient used;

    private ServerStore(ServerProcess server, List<Side> sides, AnswerFields fields) {
        this.server = server;
        this.fields = fields;
        this.control = Transport.BASE64.connect(server);
        sides.forEach(side -> clients.put(side, transport(side).connect(server)));
    }

    static ServerStore start(Path directory, List<Side> sides, AnswerFields fields) throws IOException {
        Map<String, String> settings = new HashMap<>();
        sides.forEach(side -> settings.putAll(transport(side).serverSettings()));
        ServerProcess server = ServerProcess.start(directory, settings);
        try {
            return new ServerStore(server, sides, fields);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static Transport transport(Side side) {
        return side == Side.BINARY ? Transport.BINARY : Transport.BASE64;
    }

    @Override
    public List<Side> sides() {
        return List.copyOf(clients.keySet());
    }

    @Override
    public ServerProcess server() {
        return server;
    }

    @Override
    public void use(String collection, CollectionConfig config) {
        CollectionClient before = used;
        if (before != null) {
            control.deleteCollection(before.name());
        }
        used = control.createCollection(collection, config);
    }

    private CollectionClient collection() {
        return Objects.requireNonNull(used);
    }

    @Override
    public void write(RecordBatch batch) {
        collection().write(batch);
    }

    @Override
    public void drain() {
        collection().flush(FlushPosition.LINKED);
    }

    @Override
    public long unlinked() {
        return collection().indexingStatus().unindexedOperations();
    }

    @Override
    public Asker asker(Side side) {
        CollectionClient asked = Objects.requireNonNull(clients.get(side)).collection(collection().name());
        return (embedding, count, ef) -> AnswerFields
                .ids(asked.query(fields.request(embedding, count, ef)));
    }

    @Override
    public void close() {
        clients.values().forEach(ForebayClient::close);
        control.close();
        server.close();
    }
}
