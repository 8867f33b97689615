package io.forebay.bench.many;

import io.forebay.bench.http.WireClient;
import io.forebay.bench.http.WireCollection;
import io.forebay.bench.load.Ack;
import io.forebay.bench.load.ServerProcess;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A collection that takes uploads. {@code linked} goes through the Java client; {@code acks} through a plain socket with
 * requests that were made before, so that what is waited for is the server.
 */
interface UploadTarget {
    /** Of no effect here: nothing is searched. */
    int EF_SEARCH = 100;

    /** What is done before the clock starts: encoding, where that is no part of the upload. */
    Upload prepare(List<RecordBatch> batches) throws IOException;

    void drop() throws IOException;

    /** One client that writes one batch after the other; done when the part says that an upload is. */
    interface Upload {
        List<Ack> run() throws IOException;
    }

    static UploadTarget create(UploadPart part, ServerProcess server, ForebayClient client, String name,
            Space space) throws IOException {
        if (part == UploadPart.LINKED) {
            return new Linked(client, client.createCollection(name, CollectionConfig.of(space)));
        }
        try (WireClient wire = new WireClient(server.address().getPort())) {
            return new Acked(server, WireCollection.create(wire, name, space, EF_SEARCH));
        }
    }

    /** Of one server side: settings that the side is about. */
    static Map<String, String> serverSettings(UploadSide side) {
        return side == UploadSide.ONE_INDEXER ? Map.of("ingest.indexer_threads", "1") : Map.of();
    }

    /** Until everything is in the graph. */
    record Linked(ForebayClient client, CollectionClient collection) implements UploadTarget {
        @Override
        public Upload prepare(List<RecordBatch> batches) {
            return () -> {
                List<Ack> acks = new ArrayList<>(batches.size());
                for (RecordBatch batch : batches) {
                    long sent = System.nanoTime();
                    collection.write(batch);
                    long acked = System.nanoTime();
                    acks.add(new Ack(acked, acked - sent, batch.size()));
                }
                collection.flush(FlushPosition.LINKED);
                return acks;
            };
        }

        @Override
        public void drop() {
            client.deleteCollection(collection.name());
        }
    }

    /** Until the last ack. */
    record Acked(ServerProcess server, WireCollection collection) implements UploadTarget {
        @Override
        public Upload prepare(List<RecordBatch> batches) throws IOException {
            List<byte[]> requests = new ArrayList<>(batches.size());
            for (RecordBatch batch : batches) {
                requests.add(collection.add(batch));
            }
            int records = batches.getFirst().size();
            return () -> {
                List<Ack> acks = new ArrayList<>(requests.size());
                try (WireClient wire = new WireClient(server.address().getPort())) {
                    for (byte[] request : requests) {
                        long sent = System.nanoTime();
                        wire.exchange(request);
                        long acked = System.nanoTime();
                        acks.add(new Ack(acked, acked - sent, records));
                    }
                }
                return acks;
            };
        }

        @Override
        public void drop() throws IOException {
            try (WireClient wire = new WireClient(server.address().getPort())) {
                collection.drop(wire);
            }
        }
    }
}
