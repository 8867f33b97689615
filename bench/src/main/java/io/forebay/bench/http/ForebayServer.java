package io.forebay.bench.http;

import io.forebay.bench.load.ServerProcess;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.Durability;
import java.io.IOException;
import java.nio.file.Path;

/** This build. */
final class ForebayServer implements VectorServer {
    private final ServerProcess process;

    ForebayServer(Path directory) throws IOException {
        process = ServerProcess.start(directory, true, Durability.SYNC);
    }

    @Override
    public String name() {
        return "forebay";
    }

    @Override
    public int port() {
        return process.address().getPort();
    }

    @Override
    public ProcessHandle process() {
        return process.handle();
    }

    long residentBytesPeak() {
        return process.residentBytesPeak();
    }

    @Override
    public void awaitIndex(WireCollection collection) {
        try (ForebayClient client = ForebayClient.connect(process.address().toString())) {
            client.collection(collection.name()).flush(FlushPosition.LINKED);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
