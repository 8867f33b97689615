package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.Health;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;
import io.forebay.model.Rate;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where collections stand: Chroma's {@code indexing_status} with our fields, the lag list, and health. */
public final class StatusEncoder {
    private StatusEncoder() {}

    public static void indexing(JsonGenerator out, CollectionStatus status) throws IOException {
        out.writeStartObject();
        long total = status.operations();
        long indexed = Math.min(total, status.linkedOperations());
        out.writeNumberField("op_indexing_progress", total == 0 ? 1f : (float) ((double) indexed / total));
        out.writeNumberField("num_unindexed_ops", total - indexed);
        out.writeNumberField("num_indexed_ops", indexed);
        out.writeNumberField("total_ops", total);
        positions(out, status);
        out.writeEndObject();
    }

    public static void lag(JsonGenerator out, List<CollectionStatus> statuses) throws IOException {
        out.writeStartArray();
        for (CollectionStatus status : statuses) {
            collection(out, status);
        }
        out.writeEndArray();
    }

    static void collection(JsonGenerator out, CollectionStatus status) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", status.id().toString());
        out.writeStringField("tenant", status.tenant());
        out.writeStringField("database", status.database());
        out.writeStringField("name", status.name());
        out.writeNumberField("dimension", status.dimension());
        out.writeNumberField("operations", status.operations());
        out.writeNumberField("linked_operations", status.linkedOperations());
        positions(out, status);
        out.writeEndObject();
    }

    public static void health(JsonGenerator out, Health health) throws IOException {
        out.writeStartObject();
        out.writeStringField("status", health.status().name().toLowerCase(Locale.ROOT));
        out.writeArrayFieldStart("reasons");
        for (String reason : health.reasons()) {
            out.writeString(reason);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void positions(JsonGenerator out, CollectionStatus status) throws IOException {
        out.writeNumberField("records", status.records());
        out.writeNumberField("acked_seq_id", status.ackedSeqId());
        out.writeNumberField("durable_seq_id", status.durableSeqId());
        out.writeNumberField("applied_seq_id", status.appliedSeqId());
        out.writeNumberField("linked_seq_id", status.linkedSeqId());
        lag(out, "ingest_lag", status.ingestLag());
        lag(out, "index_lag", status.indexLag());
        rate(out, "apply_rate", status.applyRate());
        rate(out, "link_rate", status.linkRate());
        seconds(out, "seconds_until_applied", status.secondsUntilApplied());
        seconds(out, "seconds_until_linked", status.secondsUntilLinked());
        out.writeNumberField("queued_ranges", status.queuedRanges());
        out.writeNumberField("parked_entries", status.parkedEntries());
    }

    private static void rate(JsonGenerator out, String name, Rate rate) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("records_per_second", rounded(rate.recordsPerSecond()));
        out.writeNumberField("bytes_per_second", rounded(rate.bytesPerSecond()));
        out.writeEndObject();
    }

    private static void seconds(JsonGenerator out, String name, @Nullable Double seconds) throws IOException {
        if (seconds == null) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, rounded(seconds));
        }
    }

    /** To thousandths: more would be noise, and ten more digits for each. */
    static double rounded(double value) {
        return Math.abs(value) < 1e12 ? Math.round(value * 1e3) / 1e3 : value;
    }

    static void lag(JsonGenerator out, String name, Lag lag) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("records", lag.records());
        out.writeNumberField("bytes", lag.bytes());
        out.writeNumberField("seconds", lag.seconds());
        out.writeEndObject();
    }
}
