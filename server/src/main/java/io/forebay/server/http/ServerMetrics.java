package io.forebay.server.http;

import com.sun.management.ThreadMXBean;
import io.forebay.engine.EngineMetrics;
import io.forebay.engine.Forebay;
import io.forebay.engine.backup.Backups;
import io.forebay.etl.ImportMetrics;
import io.forebay.etl.Imports;
import io.forebay.model.Durability;
import io.forebay.model.ReadPlan;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.LagFollowing;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.overview.Counts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
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
import java.lang.management.ManagementFactory;
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
    private static final int COLLECTIONS_MAX = 200;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration[] BUCKETS = {Duration.ofNanos(100_000), Duration.ofNanos(250_000),
            Duration.ofNanos(500_000), Duration.ofMillis(1), Duration.ofNanos(2_500_000),
            Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2_500),
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final int collectionsMax;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final List<Acks> acks = new ArrayList<>();
    private final Counter replays = counter("forebay.replayed.writes",
            "Writes answered again by their idempotency key; nothing was appended");
    private final Counter appliedRecords = counter("forebay.applied.records", "Record operations applied");
    private final Timer applied = timer("forebay.apply", "Applying a group of batches");
    private final Counter indexerRestarts = Counter.builder("forebay.indexer.restarts")
            .description("Indexer threads that died and were replaced").register(registry);
    private final Counter linkedRecords = counter("forebay.linked.records", "Vectors linked");
    private final Timer linked = timer("forebay.link", "Linking a slice of vectors");
    private final Timer upkeep = timer("forebay.upkeep",
            "A step of the upkeep of postings and text index");
    private final Counter filterRead = Counter.builder("forebay.filter.records.read")
            .description("Records that filters had to look at").register(registry);
    private final Timer checkpoints = timer("forebay.checkpoint", "Checkpoints");
    private final Counter purgedExtents = counter("forebay.purged.extents", "Extents of the log deleted");
    private final Counter droppedCollections = counter("forebay.dropped.collections",
            "Collections dropped, by themselves or with others");
    private final Timer removals = timer("forebay.removal",
            "From the drop of a collection until nothing of it is left on disk");
    private final Counter removedBytes = Counter.builder("forebay.removed").baseUnit("bytes")
            .description("Files of dropped collections that were given back").register(registry);
    private final Counter changeEvents = counter("forebay.changes.events", "Changes given by change feeds");
    private final Counter changeBytes = counter("forebay.changes.bytes", "Bytes written by change feeds");
    private volatile @Nullable Load load;
    private volatile @Nullable ChannelGroup binaryConnections;
    private final ImportMeters imports = new ImportMeters(registry);
    private volatile @Nullable Imports observedImports;
    private volatile @Nullable Backups observedBackups;

    /** Of one durability and mode. */
    private record Acks(Timer latency, Counter records, Counter bytes) {}

    /** What is asked at a scrape. */
    private record Load(Forebay engine, BodyBudget budget, ChannelGroup connections,
            FeedSlots feeds, LagFollowing lag) {}

    public ServerMetrics() {
        this(COLLECTIONS_MAX);
    }

    /** @param collectionsMax so many collections have series of their own */
    public ServerMetrics(int collectionsMax) {
        this.collectionsMax = collectionsMax;
        BackupMeters.register(registry, () -> observedBackups);
        Gauge.builder("forebay.http.bodies.in.flight", this,
                m -> m.ofLoad(l -> l.budget().bytes())).baseUnit("bytes")
                .description("Bodies of requests in memory").register(registry);
        Gauge.builder("forebay.http.bodies.waiting", this, m -> m.ofLoad(l -> l.budget().waiting()))
                .description("Requests whose bodies wait for room").register(registry);
        Gauge.builder("forebay.http.connections", this,
                m -> m.ofLoad(l -> l.connections().size()))
                .description("Connections that are open").register(registry);
        Gauge.builder("forebay.binary.connections", this, ServerMetrics::binaryConnections)
                .description("Connections of the binary protocol that are open").register(registry);
        Gauge.builder("forebay.changes.open", this, m -> m.ofLoad(l -> l.feeds().open()))
                .description("Change feeds that are open").register(registry);
        Gauge.builder("forebay.lag.streams.open", this, m -> m.ofLoad(l -> l.lag().slots().open()))
                .description("Streams of lag that are open").register(registry);
        Gauge.builder("forebay.lag.history", this,
                m -> m.ofLoad(l -> l.lag().events().monitor().history().bytes())).baseUnit("bytes")
                .description("Memory for the history of lag").register(registry);
        FunctionCounter.builder("forebay.jvm.allocated", THREADS,
                ThreadMXBean::getTotalThreadAllocatedBytes).baseUnit("bytes")
                .description("Heap allocated by all threads, those that ended included").register(registry);
        delays("lag"); // there before the first one, for whoever looks for it
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
                        counter("forebay.acked.records", "Record operations acknowledged", "durability",
                                durability.wireName(), "mode", mode),
                        counter("forebay.acked.bytes", "Log bytes acknowledged", "durability",
                                durability.wireName(), "mode", mode)));
            }
        }
    }

    /** From now on a scrape asks this engine, and this server for its load. */
    void observe(Forebay observed, BodyBudget budget, ChannelGroup connections, FeedSlots feeds,
            LagFollowing lag) {
        load = new Load(observed, budget, connections, feeds, lag);
    }

    /** From now on a scrape asks these for what they refused, lost and how long certificates are valid. */
    void observeOps(ServerOps observed) {
        OpsMeters.register(registry, observed);
    }

    /** Whatever is counted says what it means: {@code /metrics} shows it, and docs/metrics.md. */
    private Counter counter(String name, String meaning, String... tags) {
        return Counter.builder(name).description(meaning).tags(tags).register(registry);
    }

    private Timer timer(String name, String meaning, String... tags) {
        return Timer.builder(name).description(meaning).tags(tags).register(registry);
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
            EngineMetricsText.append(text, now.engine(), collectionsMax);
        }
        Imports service = observedImports;
        if (service != null) {
            ImportMeters.append(text, service.stats());
        }
        return text.toString();
    }

    /** What was counted up to now, for the overview. */
    Counts counts() {
        return MeterCounts.of(registry);
    }

    /** @param route the template, so that the number of series is bounded */
    void answered(String route, String method, int status, long nanos) {
        Timer.builder("forebay.http.requests")
                .description("Requests answered, from their first byte to the answer's")
                .tags("route", route, "method", knownMethod(method), "status", Integer.toString(status))
                .register(registry).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts what an import service does. */
    public ImportMetrics imports() {
        return imports;
    }

    /** From now on a scrape asks this service, which must not be closed before {@code null} is said here. */
    public void observe(@Nullable Imports service) {
        observedImports = service;
    }

    /** From now on a scrape asks for these, too. */
    public void observeBackups(Backups backups) {
        observedBackups = backups;
    }

    /** From now on a scrape counts these. */
    public void observeBinary(ChannelGroup connections) {
        binaryConnections = connections;
    }

    /** Open ones, of both protocols. */
    int connections() {
        return (int) (ofLoad(l -> l.connections().size()) + binaryConnections());
    }

    private double binaryConnections() {
        ChannelGroup connections = binaryConnections;
        return connections == null ? 0 : connections.size();
    }

    /** @param type name of the request's frame, lower case */
    public void answeredBinary(String type, int status, long nanos) {
        Timer.builder("forebay.binary.requests")
                .description(
                        "Requests of the binary protocol answered, from the end of their frame to the answer")
                .tags("type", type, "status", Integer.toString(status)).register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A change was given over the binary protocol. */
    public void changeSent(long bytes) {
        changeEvents(1);
        changeBytes(bytes);
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
        counter("forebay.refused.writes",
                "Writes refused, by the limit that was reached or the name of the error", "reason",
                reason.toLowerCase(Locale.ROOT)).increment();
    }

    @Override
    public void delayed(String reason, long nanos) {
        delays(reason).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer delays(String reason) {
        return timer("forebay.delayed.writes",
                "Acks held back, and for how long, by what exceeded its bound", "reason", reason);
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
        Timer.builder("forebay.read").serviceLevelObjectives(BUCKETS)
                .description("Reads, waiting for a position not included").tags("kind", kind)
                .register(registry).record(nanos, TimeUnit.NANOSECONDS);
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
    public void dropped() {
        droppedCollections.increment();
    }

    @Override
    public void removed(long bytes, long nanos) {
        removals.record(nanos, TimeUnit.NANOSECONDS);
        removedBytes.increment(bytes);
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
