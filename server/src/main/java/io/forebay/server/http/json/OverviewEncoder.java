package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.EngineStats;
import io.forebay.engine.LogExtent;
import io.forebay.engine.PressureStats;
import io.forebay.etl.job.Job;
import io.forebay.model.CollectionStatus;
import io.forebay.server.overview.Counts;
import io.forebay.server.overview.Latencies;
import io.forebay.server.overview.Overview;
import io.forebay.server.overview.OverviewMonitor;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the server does, and what the log consists of. */
public final class OverviewEncoder {
    private static final double P99 = 0.99;

    private OverviewEncoder() {}

    /** @param version of the server */
    public static void write(JsonGenerator out, Overview overview, String version) throws IOException {
        out.writeStartObject();
        JobEncoder.time(out, "time", overview.millis());
        out.writeStringField("version", version);
        JobEncoder.time(out, "started", overview.startedMillis());
        out.writeFieldName("health");
        StatusEncoder.health(out, overview.health());
        out.writeNumberField("collections", overview.collections());
        traffic(out, overview.recent(), overview.connections());
        out.writeObjectFieldStart("lag");
        // To the index: what is not applied is not linked either.
        out.writeNumberField("records", overview.lag().index().records());
        out.writeNumberField("bytes", overview.lag().index().bytes());
        out.writeNumberField("seconds", StatusEncoder.rounded(overview.lag().index().seconds()));
        out.writeNumberField("collections_behind", overview.lag().number());
        out.writeEndObject();
        log(out, overview.stats(), overview.logBytesMax());
        machine(out, overview);
        jobs(out, overview.jobs());
        out.writeEndObject();
    }

    private static void traffic(JsonGenerator out, OverviewMonitor.Recent recent, int connections)
            throws IOException {
        Counts then = recent.then();
        Counts now = recent.now();
        out.writeObjectFieldStart("writes");
        rate(out, "acks_per_second", recent, then.acks(), now.acks());
        rate(out, "records_per_second", recent, then.ackedRecords(), now.ackedRecords());
        rate(out, "bytes_per_second", recent, then.ackedBytes(), now.ackedBytes());
        latencies(out, "ack_", now.ackTimes().since(then.ackTimes()));
        out.writeEndObject();
        out.writeObjectFieldStart("reads");
        rate(out, "per_second", recent, then.reads(), now.reads());
        latencies(out, "", now.readTimes().since(then.readTimes()));
        out.writeEndObject();
        out.writeObjectFieldStart("requests");
        rate(out, "per_second", recent, then.requests(), now.requests());
        rate(out, "errors_per_second", recent, then.errors(), now.errors());
        out.writeNumberField("connections", connections);
        out.writeEndObject();
    }

    private static void rate(JsonGenerator out, String name, OverviewMonitor.Recent recent, long then,
            long now)
            throws IOException {
        out.writeNumberField(name, StatusEncoder.rounded(recent.perSecond(then, now)));
    }

    private static void latencies(JsonGenerator out, String prefix, Latencies times) throws IOException {
        millis(out, prefix + "p50_millis", times.millis(0.5));
        millis(out, prefix + "p99_millis", times.millis(P99));
    }

    private static void millis(JsonGenerator out, String name, @Nullable Double millis) throws IOException {
        if (millis == null) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, StatusEncoder.rounded(millis));
        }
    }

    private static void log(JsonGenerator out, EngineStats stats, long bytesMax) throws IOException {
        out.writeObjectFieldStart("log");
        logSize(out, stats, bytesMax);
        out.writeEndObject();
    }

    private static void logSize(JsonGenerator out, EngineStats stats, long bytesMax) throws IOException {
        out.writeNumberField("end_seq_id", stats.lastSeqId());
        out.writeNumberField("durable_seq_id", stats.durableSeqId());
        out.writeNumberField("bytes", stats.logBytes());
        out.writeNumberField("pending_bytes", stats.pendingBytes());
        out.writeNumberField("pending_bytes_max", bytesMax);
    }

    private static void machine(JsonGenerator out, Overview overview) throws IOException {
        PressureStats pressure = overview.stats().pressure();
        out.writeObjectFieldStart("memory");
        out.writeNumberField("heap_used_bytes", overview.heapUsedBytes());
        out.writeNumberField("heap_max_bytes", overview.heapMaxBytes());
        out.writeNumberField("direct_bytes", pressure.directBytes());
        out.writeNumberField("resident_bytes", overview.residentBytes());
        out.writeEndObject();
        out.writeObjectFieldStart("disk");
        out.writeNumberField("total_bytes", pressure.diskTotalBytes());
        out.writeNumberField("free_bytes", pressure.diskFreeBytes());
        out.writeNumberField("reserve_bytes", pressure.diskReserveBytes());
        out.writeNumberField("record_bytes", overview.stats().recordBytes());
        out.writeNumberField("vector_bytes", overview.stats().vectorBytes());
        out.writeEndObject();
    }

    private static void jobs(JsonGenerator out, Overview.@Nullable Jobs jobs) throws IOException {
        if (jobs == null) {
            out.writeNullField("jobs");
            return;
        }
        out.writeObjectFieldStart("jobs");
        out.writeNumberField("running", jobs.running());
        out.writeNumberField("waiting", jobs.waiting());
        out.writeArrayFieldStart("recent");
        for (Job job : jobs.recent()) {
            JobEncoder.write(out, job);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** The log, file by file. */
    public static void log(JsonGenerator out, EngineStats stats, long bytesMax, List<LogExtent> extents)
            throws IOException {
        out.writeStartObject();
        logSize(out, stats, bytesMax);
        out.writeArrayFieldStart("extents");
        for (LogExtent extent : extents) {
            out.writeStartObject();
            out.writeNumberField("extent", extent.number());
            out.writeNumberField("bytes", extent.bytes());
            out.writeNumberField("used_bytes", extent.usedBytes());
            out.writeNumberField("entries", extent.entries());
            seqId(out, "min_seq_id", extent.firstSeqId());
            seqId(out, "max_seq_id", extent.lastSeqId());
            out.writeBooleanField("current", extent.current());
            out.writeNumberField("holders", extent.holders());
            out.writeArrayFieldStart("held_by");
            for (CollectionStatus status : extent.heldBy()) {
                out.writeStartObject();
                out.writeStringField("collection", status.id().toString());
                out.writeStringField("tenant", status.tenant());
                out.writeStringField("database", status.database());
                out.writeStringField("name", status.name());
                out.writeNumberField("applied_seq_id", status.appliedSeqId());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void seqId(JsonGenerator out, String name, long seqId) throws IOException {
        if (seqId == 0) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, seqId);
        }
    }
}
