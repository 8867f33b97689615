package io.forebay.server.http;

import io.forebay.engine.EngineStats;
import io.forebay.engine.Forebay;
import io.forebay.engine.LogPin;
import io.forebay.engine.PressureStats;
import io.forebay.engine.VectorMemory;
import io.forebay.model.CollectionStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the engine's state looks like at this moment, in Prometheus' text format. Written by hand, because collections
 * come and go and a registry would have to be told of each.
 */
final class EngineMetricsText {
    /** One family of series, with a value per collection. */
    private record Family(String name, String help, ToDoubleFunction<CollectionStatus> value) {}

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
            new Family("queued_ranges", "ranges waiting for the indexer", CollectionStatus::queuedRanges),
            new Family("parked_entries", "entries that could not be applied",
                    CollectionStatus::parkedEntries));

    private EngineMetricsText() {}

    static void append(StringBuilder out, Forebay engine) {
        List<CollectionStatus> statuses = engine.statuses();
        for (Family family : FAMILIES) {
            String name = "forebay_collection_" + family.name();
            header(out, name, family.help(), "gauge");
            for (CollectionStatus status : statuses) {
                label(out, name, status.tenant(), status.database(), status.name());
                out.append("\",id=\"").append(status.id()).append("\"} ");
                number(out, family.value().applyAsDouble(status));
            }
        }
        pins(out, engine.logPins());
        store(out, engine.stats());
        single(out, "forebay_health", "0 green, 1 yellow, 2 red: writes are refused", "gauge",
                engine.health().status().ordinal());
        single(out, "forebay_collections", "collections", "gauge", statuses.size());
        single(out, "forebay_removals_waiting", "dropped collections of which something is left", "gauge",
                engine.removalsWaiting());
    }

    private static void pins(StringBuilder out, List<LogPin> pins) {
        String name = "forebay_log_pinned_bytes";
        header(out, name, "full log files that a collection keeps from being deleted", "gauge");
        for (LogPin pin : pins) {
            label(out, name, pin.collection().tenant(), pin.collection().database(), pin.collection().name());
            out.append("\",id=\"").append(pin.collection().id()).append("\"} ");
            number(out, pin.bytes());
        }
    }

    private static void label(StringBuilder out, String name, String tenant, String database,
            String collection) {
        out.append(name).append("{tenant=\"");
        escape(out, tenant);
        out.append("\",database=\"");
        escape(out, database);
        out.append("\",collection=\"");
        escape(out, collection);
    }

    private static void store(StringBuilder out, EngineStats stats) {
        single(out, "forebay_last_seq_id", "end of the log", "gauge", stats.lastSeqId());
        single(out, "forebay_durable_seq_id", "last seqId covered by a sync", "gauge", stats.durableSeqId());
        single(out, "forebay_log_bytes", "log files on disk", "gauge", stats.logBytes());
        single(out, "forebay_log_extents", "extents of the log", "gauge", stats.logExtents());
        single(out, "forebay_log_syncs_total", "syncs of the log", "counter", stats.logSyncs());
        single(out, "forebay_log_sync_seconds_total", "time in syncs of the log", "counter",
                stats.logSyncNanos() / 1e9);
        single(out, "forebay_log_torn_bytes", "torn tail found at the start", "gauge", stats.logTornBytes());
        single(out, "forebay_log_pending_bytes", "log bytes acked and not yet applied", "gauge",
                stats.pendingBytes());
        single(out, "forebay_record_store_bytes", "record segments on disk", "gauge", stats.recordBytes());
        single(out, "forebay_vector_store_bytes", "vector segments on disk", "gauge", stats.vectorBytes());
        single(out, "forebay_skipped_entries_total", "entries of dropped collections", "counter",
                stats.skippedEntries());
        single(out, "forebay_idempotency_keys", "idempotency keys remembered", "gauge",
                stats.idempotencyKeys());
        memory(out, stats.vectorMemory());
        pressure(out, stats.pressure());
    }

    private static void pressure(StringBuilder out, PressureStats now) {
        single(out, "forebay_disk_free_bytes", "free on the disk of the log", "gauge", now.diskFreeBytes());
        single(out, "forebay_disk_watermark_bytes", "free space below which health warns", "gauge",
                now.diskWatermarkBytes());
        single(out, "forebay_disk_reserve_bytes", "free space below which writes are refused", "gauge",
                now.diskReserveBytes());
        single(out, "forebay_heap_after_gc_bytes", "heap that the last collections of garbage left", "gauge",
                now.heapAfterGcBytes());
        single(out, "forebay_heap_max_bytes", "heap at most", "gauge", now.heapMaxBytes());
        single(out, "forebay_direct_bytes", "memory outside the heap", "gauge", now.directBytes());
        single(out, "forebay_direct_max_bytes", "memory outside the heap at most", "gauge",
                now.directMaxBytes());
        String name = "forebay_watermark_state";
        header(out, name, "0 below, 1 health warns, 2 writes are refused", "gauge");
        out.append(name).append("{watermark=\"disk\"} ").append(now.diskState()).append('\n');
        out.append(name).append("{watermark=\"memory\"} ").append(now.memoryState()).append('\n');
        single(out, "forebay_held_acks", "acks that are held back because of lag", "gauge", now.heldAcks());
    }

    private static void memory(StringBuilder out, VectorMemory vectors) {
        single(out, "forebay_vector_code_bytes", "memory for codes of loaded collections", "gauge",
                vectors.codeBytes());
        single(out, "forebay_vector_graph_bytes", "memory for graphs of loaded collections", "gauge",
                vectors.graphBytes());
        single(out, "forebay_collections_cold", "collections whose vectors are unloaded", "gauge",
                vectors.cold());
        single(out, "forebay_collections_unopened",
                "collections whose vectors nobody looked at since the start", "gauge", vectors.unopened());
        single(out, "forebay_collection_loads_total", "collections loaded again", "counter", vectors.loads());
        single(out, "forebay_collection_load_seconds_total", "time in loading them", "counter",
                vectors.loadNanos() / 1e9);
        single(out, "forebay_collection_unloads_total", "collections unloaded", "counter",
                vectors.unloads());
    }

    private static void single(StringBuilder out, String name, String help, String type, double value) {
        header(out, name, help, type);
        out.append(name).append(' ');
        number(out, value);
    }

    private static void header(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void number(StringBuilder out, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            out.append(value);
        }
        out.append('\n');
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
