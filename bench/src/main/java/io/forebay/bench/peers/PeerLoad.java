package io.forebay.bench.peers;

import io.forebay.bench.load.Ack;
import io.forebay.bench.load.AckLog;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchThreads;
import io.forebay.model.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/** Clients that each write one batch after the other, as fast as the acks come: the closed loop of all benchmarks. */
final class PeerLoad {
    private PeerLoad() {}

    static AckLog run(Peer peer, BatchSource source, int clients) throws Exception {
        long start = System.nanoTime();
        List<List<Ack>> each = BenchThreads.onEach(clients, () -> one(peer, source));
        List<Ack> all = new ArrayList<>();
        each.forEach(all::addAll);
        return new AckLog(start, all);
    }

    private static List<Ack> one(Peer peer, BatchSource source) throws Exception {
        List<Ack> acks = new ArrayList<>();
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            long sent = System.nanoTime();
            peer.write(batch);
            long acked = System.nanoTime();
            acks.add(new Ack(acked, acked - sent, batch.size()));
        }
        return acks;
    }
}
