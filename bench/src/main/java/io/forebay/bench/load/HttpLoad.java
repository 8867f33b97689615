package io.forebay.bench.load;

import io.forebay.client.CollectionClient;
import io.forebay.model.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that each write one batch after the other, as fast as the answers come (a closed loop: while a
 * client waits it sends nothing, so the percentiles are of what was sent, not of what a schedule would have
 * sent).
 *
 * <p>Threads: one for each client, over one pool of connections, so as many connections as clients.
 */
public final class HttpLoad {
    private HttpLoad() {}

    public static AckLog run(CollectionClient collection, BatchSource source, int clients) throws Exception {
        long start = System.nanoTime();
        List<List<Ack>> each = BenchThreads.onEach(clients, () -> one(collection, source));
        List<Ack> all = new ArrayList<>();
        each.forEach(all::addAll);
        return new AckLog(start, all);
    }

    private static List<Ack> one(CollectionClient collection, BatchSource source) {
        List<Ack> acks = new ArrayList<>();
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            long sent = System.nanoTime();
            collection.write(batch);
            long acked = System.nanoTime();
            acks.add(new Ack(acked, acked - sent, batch.size()));
        }
        return acks;
    }
}
