package io.forebay.bench.many;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.report.Latencies;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * Small collections, made and written one after the other: each is one batch, and the next is made when all of the last is
 * linked.
 *
 * <p>Threads: one.
 */
final class SmallCollections {
    private final ForebayClient client;
    private final CollectionConfig config;
    private final RecordBatch batch;
    private Histogram acks = Latencies.histogram();
    private Histogram applied = Latencies.histogram();
    private Histogram linked = Latencies.histogram();
    private int made;

    /**
     * @param ack     from the call to the answer
     * @param applied from the answer until every read sees it
     * @param linked  from the answer until all of it is in the graph
     */
    record Times(Latencies ack, Latencies applied, Latencies linked) {}

    SmallCollections(ForebayClient client, BenchData data, int records) {
        this.client = client;
        this.config = CollectionConfig.of(data.dataset().space());
        this.batch = Objects.requireNonNull(
                new BatchSource(data, Payload.RECORDS, records, records).next());
    }

    void one() {
        CollectionClient collection = client.createCollection("small-" + made++, config);
        long sent = System.nanoTime();
        collection.write(batch);
        long acked = System.nanoTime();
        collection.flush(FlushPosition.APPLIED);
        long seen = System.nanoTime();
        collection.flush(FlushPosition.LINKED);
        Latencies.record(linked, System.nanoTime() - acked);
        Latencies.record(applied, seen - acked);
        Latencies.record(acks, acked - sent);
    }

    /** Of those since the last call. */
    Times take() {
        Times times = new Times(Latencies.of(acks), Latencies.of(applied), Latencies.of(linked));
        acks = Latencies.histogram();
        applied = Latencies.histogram();
        linked = Latencies.histogram();
        return times;
    }

    long count() {
        return linked.getTotalCount();
    }
}
