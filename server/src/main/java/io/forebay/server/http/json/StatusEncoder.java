package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.Health;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

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
        out.writeEndArray();
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
        out.writeNumberField("queued_ranges", status.queuedRanges());
        out.writeNumberField("parked_entries", status.parkedEntries());
    }

    private static void lag(JsonGenerator out, String name, Lag lag) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("records", lag.records());
        out.writeNumberField("bytes", lag.bytes());
        out.writeNumberField("seconds", lag.seconds());
        out.writeEndObject();
    }
}
