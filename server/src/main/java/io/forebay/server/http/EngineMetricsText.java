package io.forebay.server.http;

import io.forebay.engine.EngineStats;
import io.forebay.engine.Forebay;
import io.forebay.engine.PressureStats;
import io.forebay.engine.VectorMemory;

/**
 * What the engine's state looks like at this moment, in Prometheus' text format: of the whole store here, of collections in
 * {@link CollectionMetricsText}. Every metric says what it means, and is listed in docs/metrics.md.
 */
final class EngineMetricsText {
    private EngineMetricsText() {}

    /** @param collectionsMax so many collections have series of their own */
    static void append(StringBuilder out, Forebay engine, int collectionsMax) {
        CollectionMetricsText.append(out, engine, collectionsMax);
        store(out, engine.stats());
        single(out, "forebay_health", "0 green, 1 yellow, 2 red: writes are refused", "gauge",
                engine.health().status().ordinal());
        single(out, "forebay_removals_waiting", "dropped collections of which something is left", "gauge",
                engine.removalsWaiting());
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

    static void single(StringBuilder out, String name, String help, String type, double value) {
        header(out, name, help, type);
        out.append(name).append(' ');
        number(out, value);
    }

    static void header(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    static void number(StringBuilder out, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            out.append((long) value);
        } else {
            out.append(value);
        }
        out.append('\n');
    }
}
