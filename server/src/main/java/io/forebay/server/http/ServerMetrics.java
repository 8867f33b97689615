package io.forebay.server.http;

import io.forebay.engine.EngineMetrics;
import io.forebay.engine.Forebay;
import io.forebay.model.Durability;
import io.forebay.model.ReadPlan;
import io.forebay.server.http.stream.FeedSlots;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.group.ChannelGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the engine and the HTTP server do, and writes the text of {@code /metrics}. What is a state and not an
 * event (positions, lag, bytes on disk) is asked of the engine when it is scraped: see {@link EngineMetricsText}.
 *
 * <p>Threads: safe for any number; reporting takes no lock.
 */
public final class ServerMetrics implements EngineMetrics, AutoCloseable {
    private static final Duration[] BUCKETS = {Duration.ofNanos(100_000), Duration.ofNanos(250_000),
            Duration.ofNanos(500_000), Duration.ofMillis(1), Duration.ofNanos(2_500_000),
            Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2_500),
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final List<Acks> acks = new ArrayList<>();
    private final Counter replays = registry.counter("forebay.replayed.writes");
    private final Counter appliedRecords = registry.counter("forebay.applied.records");
    private final Timer applied = registry.timer("forebay.apply");
    private final Counter indexerRestarts = Counter.builder("forebay.indexer.restarts")
            .description("Indexer threads that died and were replaced").register(registry);
    private final Counter linkedRecords = registry.counter("forebay.linked.records");
    private final Timer linked = registry.timer("forebay.link");
    private final Timer upkeep = registry.timer("forebay.upkeep");
    private final Counter filterRead = Counter.builder("forebay.filter.records.read")
            .description("Records that filters had to look at").register(registry);
    private final Timer checkpoints = registry.timer("forebay.checkpoint");
    private final Counter purgedExtents = registry.counter("forebay.purged.extents");
    private final Counter changeEvents = registry.counter("forebay.changes.events");
    private final Counter changeBytes = registry.counter("forebay.changes.bytes");
    private volatile @Nullable Load load;

    /** Of one durability and mode. */
    private record Acks(Timer latency, Counter records, Counter bytes) {}

    /** What is asked at a scrape. */
    private record Load(Forebay engine, BodyBudget budget, ChannelGroup connections,
            FeedSlots feeds) {}

    public ServerMetrics() {
        Gauge.builder("forebay.http.bodies.in.flight", this,
                m -> m.ofLoad(l -> l.budget().bytes())).baseUnit("bytes")
                .description("Bodies of requests not yet answered").register(registry);
        Gauge.builder("forebay.http.connections", this,
                m -> m.ofLoad(l -> l.connections().size())).register(registry);
        Gauge.builder("forebay.changes.open", this, m -> m.ofLoad(l -> l.feeds().open()))
                .description("Change feeds that are open").register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        for (Durability durability : Durability.values()) {
            for (String mode : List.of("linked", "batch_ingest")) {
                acks.add(new Acks(
                        Timer.builder("forebay.ack").serviceLevelObjectives(BUCKETS)
                                .description("From handing a batch to the engine to its acknowledgement")
                                .tags("durability", durability.wireName(), "mode", mode).register(registry),
                        registry.counter("forebay.acked.records", "durability", durability.wireName(), "mode",
                                mode),
                        registry.counter("forebay.acked.bytes", "durability", durability.wireName(), "mode",
                                mode)));
            }
        }
    }

    /** From now on a scrape asks this engine, and this server for its load. */
    void observe(Forebay observed, BodyBudget budget, ChannelGroup connections, FeedSlots feeds) {
        load = new Load(observed, budget, connections, feeds);
    }

    private double ofLoad(ToDoubleFunction<Load> figure) {
        Load now = load;
        return now == null ? 0 : figure.applyAsDouble(now);
    }

    /** The text of {@code /metrics}, in Prometheus' format 0.0.4. */
    public String scrape() {
        StringBuilder text = new StringBuilder(registry.scrape());
        Load now = load;
        if (now != null) {
            EngineMetricsText.append(text, now.engine());
        }
        return text.toString();
    }

    /** @param route the template, so that the number of series is bounded */
    void answered(String route, String method, int status, long nanos) {
        Timer.builder("forebay.http.requests")
                .tags("route", route, "method", knownMethod(method), "status", Integer.toString(status))
                .register(registry).record(nanos, TimeUnit.NANOSECONDS);
    }

    private static String knownMethod(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> method;
            default -> "other";
        };
    }

    void changeEvents(long count) {
        changeEvents.increment(count);
    }

    void changeBytes(long count) {
        changeBytes.increment(count);
    }

    @Override
    public void acked(Durability durability, boolean batchIngest, int records, long bytes, long nanos) {
        Acks one = acks.get(durability.ordinal() * 2 + (batchIngest ? 1 : 0));
        one.latency.record(nanos, TimeUnit.NANOSECONDS);
        one.records.increment(records);
        one.bytes.increment(bytes);
    }

    @Override
    public void replayed() {
        replays.increment();
    }

    @Override
    public void refused(String reason) {
        registry.counter("forebay.refused.writes", "reason", reason.toLowerCase(Locale.ROOT)).increment();
    }

    @Override
    public void applied(int records, long nanos) {
        appliedRecords.increment(records);
        applied.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void indexerRestarted() {
        indexerRestarts.increment();
    }

    @Override
    public void linked(int records, long nanos) {
        linkedRecords.increment(records);
        linked.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void read(String kind, long nanos) {
        Timer.builder("forebay.read").serviceLevelObjectives(BUCKETS).tags("kind", kind).register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void planned(ReadPlan plan) {
        Counter.builder("forebay.filtered.reads")
                .description("Reads with ids or a filter, by how they were done")
                .tags("filter", plan.filter(), "search", plan.search()).register(registry).increment();
        filterRead.increment(plan.read());
    }

    @Override
    public void keptUp(long nanos) {
        upkeep.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void checkpointed(long nanos, int extentsPurged) {
        checkpoints.record(nanos, TimeUnit.NANOSECONDS);
        purgedExtents.increment(extentsPurged);
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
