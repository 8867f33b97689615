package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.engine.LogPin;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;
import io.forebay.model.Rate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Positions and lag in Prometheus' text format: of all collections together, and of a bounded number of them by name, those
 * furthest behind first, because a series costs a scrape and its database as much as any other whether or not anybody looks
 * at it. Written by hand, because collections come and go and a registry would have to be told of each.
 */
final class CollectionMetricsText {
    /** Whose index is most behind, in time and then in records; of those at rest the oldest, so that they stay the same. */
    private static final Comparator<CollectionStatus> FURTHEST_BEHIND = Comparator
            .comparingDouble((CollectionStatus status) -> -status.indexLag().seconds())
            .thenComparingLong(status -> -status.indexLag().records())
            .thenComparingInt(CollectionStatus::number);

    /** One family of series, with a value per collection; null for none. */
    private record Family(String name, String help, Function<CollectionStatus, @Nullable Number> value) {}

    private static final List<Family> FAMILIES = List.of(
            new Family("acked_seq_id", "last seqId acknowledged", CollectionStatus::ackedSeqId),
            new Family("durable_seq_id", "last seqId covered by a sync", CollectionStatus::durableSeqId),
            new Family("applied_seq_id", "last seqId in the segments", CollectionStatus::appliedSeqId),
            new Family("linked_seq_id", "last seqId in the vector index", CollectionStatus::linkedSeqId),
            new Family("records", "live records", CollectionStatus::records),
            new Family("ingest_lag_records", "records not yet applied", s -> s.ingestLag().records()),
            new Family("ingest_lag_bytes", "log bytes not yet applied", s -> s.ingestLag().bytes()),
            new Family("ingest_lag_seconds", "age of the oldest record not yet applied",
                    s -> s.ingestLag().seconds()),
            new Family("index_lag_records", "records not yet linked", s -> s.indexLag().records()),
            new Family("index_lag_bytes", "log bytes not yet linked", s -> s.indexLag().bytes()),
            new Family("index_lag_seconds", "age of the oldest record not yet linked",
                    s -> s.indexLag().seconds()),
            new Family("apply_records_per_second", "records applied, while there was something to apply",
                    s -> s.applyRate().recordsPerSecond()),
            new Family("apply_bytes_per_second", "log bytes applied, while there was something to apply",
                    s -> s.applyRate().bytesPerSecond()),
            new Family("link_records_per_second", "records linked, while there was something to link",
                    s -> s.linkRate().recordsPerSecond()),
            new Family("link_bytes_per_second", "log bytes linked, while there was something to link",
                    s -> s.linkRate().bytesPerSecond()),
            new Family("until_applied_seconds",
                    "time until what is in the log now is applied; none if not known",
                    CollectionStatus::secondsUntilApplied),
            new Family("until_linked_seconds",
                    "time until what is in the log now is linked; none if not known",
                    CollectionStatus::secondsUntilLinked),
            new Family("queued_ranges", "ranges waiting for the indexer", CollectionStatus::queuedRanges),
            new Family("parked_entries", "entries that could not be applied",
                    CollectionStatus::parkedEntries));

    private CollectionMetricsText() {}

    static void append(StringBuilder out, Forebay engine, int collectionsMax) {
        List<CollectionStatus> statuses = engine.statuses();
        List<CollectionStatus> shown = shown(statuses, collectionsMax);
        List<String> labels = new ArrayList<>(shown.size());
        for (CollectionStatus status : shown) {
            labels.add(labels(status.tenant(), status.database(), status.name(), status.id().toString()));
        }
        for (Family family : FAMILIES) {
            String name = "forebay_collection_" + family.name();
            EngineMetricsText.header(out, name, family.help(), "gauge");
            for (int i = 0; i < shown.size(); i++) {
                Number value = family.value().apply(shown.get(i));
                if (value != null) {
                    out.append(name).append(labels.get(i));
                    EngineMetricsText.number(out, value.doubleValue());
                }
            }
        }
        pins(out, engine.logPins(), collectionsMax);
        totals(out, statuses, engine.applyRate());
        EngineMetricsText.single(out, "forebay_collections_shown",
                "collections with series of their own: server.metrics_collections_max, the furthest behind",
                "gauge", shown.size());
    }

    private static List<CollectionStatus> shown(List<CollectionStatus> all, int max) {
        return all.stream().sorted(FURTHEST_BEHIND).limit(max).toList();
    }

    private static void totals(StringBuilder out, List<CollectionStatus> statuses, Rate applyRate) {
        EngineMetricsText.single(out, "forebay_collections", "collections", "gauge", statuses.size());
        EngineMetricsText.single(out, "forebay_collections_behind",
                "collections of which something is not applied or not linked", "gauge",
                statuses.stream().filter(CollectionStatus::isBehind).count());
        lag(out, "ingest", "applied", statuses.stream().map(CollectionStatus::ingestLag).toList());
        // Else each start would look as if nothing at all were linked.
        lag(out, "index", "linked", statuses.stream().map(CollectionStatus::certainIndexLag).toList());
        EngineMetricsText.single(out, "forebay_parked_entries",
                "entries that could not be applied, all collections together", "gauge",
                statuses.stream().mapToLong(CollectionStatus::parkedEntries).sum());
        EngineMetricsText.single(out, "forebay_apply_records_per_second",
                "records applied, while there was something to apply; all collections together", "gauge",
                applyRate.recordsPerSecond());
        EngineMetricsText.single(out, "forebay_apply_bytes_per_second",
                "log bytes applied, while there was something to apply; all collections together", "gauge",
                applyRate.bytesPerSecond());
        EngineMetricsText.single(out, "forebay_link_records_per_second",
                "records linked by the collections that are behind, together", "gauge",
                statuses.stream().filter(status -> status.indexLag().records() > 0)
                        .mapToDouble(status -> status.linkRate().recordsPerSecond()).sum());
    }

    private static void lag(StringBuilder out, String which, String where, List<Lag> lags) {
        String name = "forebay_" + which + "_lag_";
        EngineMetricsText.single(out, name + "records",
                "records not yet " + where + ", all collections together",
                "gauge", lags.stream().mapToLong(Lag::records).sum());
        EngineMetricsText.single(out, name + "bytes",
                "log bytes not yet " + where + ", all collections together",
                "gauge", lags.stream().mapToLong(Lag::bytes).sum());
        EngineMetricsText.single(out, name + "seconds_max",
                "age of the oldest record not yet " + where + ", of any collection", "gauge",
                lags.stream().mapToDouble(Lag::seconds).max().orElse(0));
    }

    /** Most bytes first. */
    private static void pins(StringBuilder out, List<LogPin> pins, int max) {
        String name = "forebay_log_pinned_bytes";
        EngineMetricsText.header(out, name, "full log files that a collection keeps from being deleted",
                "gauge");
        for (LogPin pin : pins.subList(0, Math.min(max, pins.size()))) {
            out.append(name).append(labels(pin.collection().tenant(), pin.collection().database(),
                    pin.collection().name(), pin.collection().id().toString()));
            EngineMetricsText.number(out, pin.bytes());
        }
    }

    private static String labels(String tenant, String database, String collection, String id) {
        StringBuilder out = new StringBuilder("{tenant=\"");
        escape(out, tenant);
        out.append("\",database=\"");
        escape(out, database);
        out.append("\",collection=\"");
        escape(out, collection);
        return out.append("\",id=\"").append(id).append("\"} ").toString();
    }

    private static void escape(StringBuilder out, String label) {
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
    }
}
