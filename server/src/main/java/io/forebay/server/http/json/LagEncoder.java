package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.CollectionStatus;
import io.forebay.server.lag.LagHistory;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.lag.Sample;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lag with its history, and what of it changed. Samples are arrays, because there are many: their fields are named once. */
public final class LagEncoder {
    private static final List<String> LAGS = List.of("ingest_lag_records", "ingest_lag_bytes",
            "ingest_lag_seconds", "index_lag_records", "index_lag_bytes", "index_lag_seconds",
            "apply_records_per_second", "link_records_per_second");

    private LagEncoder() {}

    /**
     * @param sinceMillis as asked for
     * @param showStore   whether the figures of the whole store are shown
     */
    public static void since(JsonGenerator out, List<CollectionStatus> statuses, LagHistory.Window window,
            LagMonitor monitor, long sinceMillis, boolean showStore) throws IOException {
        out.writeStartObject();
        out.writeNumberField("time", System.currentTimeMillis());
        out.writeFieldName("collections");
        StatusEncoder.lag(out, statuses);
        store(out, showStore ? monitor.store() : null);
        out.writeObjectFieldStart("history");
        out.writeNumberField("since", sinceMillis);
        out.writeNumberField("from", monitor.millisOf(window.from()));
        out.writeNumberField("seconds_from", monitor.millisOf(window.fineFrom()));
        fields(out, "fields", List.of("time", "operations"));
        out.writeArrayFieldStart("collections");
        for (CollectionStatus status : statuses) {
            List<Sample> samples = window.collections().get(status.number());
            if (samples != null) {
                out.writeStartObject();
                out.writeStringField("id", status.id().toString());
                out.writeArrayFieldStart("samples");
                for (Sample sample : samples) {
                    out.writeStartArray();
                    out.writeNumber(monitor.millisOf(sample.second()));
                    sample(out, sample);
                }
                out.writeEndArray();
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        if (showStore) {
            storeSamples(out, window.store(), monitor);
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void storeSamples(JsonGenerator out, List<Sample> samples, LagMonitor monitor)
            throws IOException {
        fields(out, "store_fields", List.of("time", "collections_behind", "last_seq_id"));
        out.writeArrayFieldStart("store");
        for (Sample sample : samples) {
            out.writeStartArray();
            out.writeNumber(monitor.millisOf(sample.second()));
            out.writeNumber(sample.number());
            sample(out, sample);
        }
        out.writeEndArray();
    }

    private static void fields(JsonGenerator out, String name, List<String> first) throws IOException {
        out.writeArrayFieldStart(name);
        for (String field : first) {
            out.writeString(field);
        }
        for (String field : LAGS) {
            out.writeString(field);
        }
        out.writeEndArray();
    }

    private static void sample(JsonGenerator out, Sample sample) throws IOException {
        out.writeNumber(sample.operations());
        out.writeNumber(sample.ingest().records());
        out.writeNumber(sample.ingest().bytes());
        out.writeNumber(StatusEncoder.rounded(sample.ingest().seconds()));
        out.writeNumber(sample.index().records());
        out.writeNumber(sample.index().bytes());
        out.writeNumber(StatusEncoder.rounded(sample.index().seconds()));
        out.writeNumber(StatusEncoder.rounded(sample.applyRate()));
        out.writeNumber(StatusEncoder.rounded(sample.linkRate()));
        out.writeEndArray();
    }

    private static void store(JsonGenerator out, @Nullable Sample store) throws IOException {
        if (store == null) {
            return;
        }
        out.writeObjectFieldStart("store");
        out.writeNumberField("last_seq_id", store.operations());
        out.writeNumberField("collections_behind", store.number());
        StatusEncoder.lag(out, "ingest_lag", store.ingest());
        StatusEncoder.lag(out, "index_lag", store.index());
        out.writeNumberField("apply_records_per_second", StatusEncoder.rounded(store.applyRate()));
        out.writeNumberField("link_records_per_second", StatusEncoder.rounded(store.linkRate()));
        out.writeEndObject();
    }

    /**
     * One event of the stream.
     *
     * @param begins whether the client is to forget what it knows
     * @param more   whether another event belongs to this moment
     * @param store  null when it is not shown
     */
    public static void event(JsonGenerator out, long millis, boolean begins, boolean more,
            List<CollectionStatus> statuses, List<UUID> removed, @Nullable Sample store) throws IOException {
        out.writeStartObject();
        out.writeNumberField("time", millis);
        out.writeBooleanField("whole", begins);
        out.writeBooleanField("more", more);
        out.writeFieldName("collections");
        StatusEncoder.lag(out, statuses);
        out.writeArrayFieldStart("removed");
        for (UUID id : removed) {
            out.writeString(id.toString());
        }
        out.writeEndArray();
        store(out, store);
        out.writeEndObject();
    }
}
