package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.Lag;
import io.forebay.model.Rate;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The server's own page of lag. */
final class LagAnswers {
    private String id = "";
    private String tenant = "";
    private String database = "";
    private String name = "";
    private long records;
    private long operations;
    private long linkedOperations;
    private long acked;
    private long durable;
    private long applied;
    private long linked;
    private Lag ingestLag = Lag.NONE;
    private Lag indexLag = Lag.NONE;
    private Rate applyRate = Rate.UNKNOWN;
    private Rate linkRate = Rate.UNKNOWN;
    private @Nullable Double untilApplied;
    private @Nullable Double untilLinked;

    private LagAnswers() {}

    static List<CollectionLag> all(Answer answer) {
        return AnswerReader.read(answer,
                json -> Objects.requireNonNullElse(AnswerReader.list(json, LagAnswers::one), List.of()));
    }

    private static CollectionLag one(JsonParser json) throws IOException {
        LagAnswers fields = new LagAnswers();
        AnswerReader.object(json, fields::field);
        return new CollectionLag(fields.id, fields.tenant, fields.database, fields.name, fields.records,
                fields.operations, fields.linkedOperations,
                fields.acked, fields.durable, fields.applied, fields.linked, fields.ingestLag,
                fields.indexLag, fields.applyRate, fields.linkRate, fields.untilApplied, fields.untilLinked);
    }

    private void field(String field, JsonParser json) throws IOException {
        switch (field) {
            case "id" -> id = AnswerReader.requiredText(json);
            case "tenant" -> tenant = AnswerReader.requiredText(json);
            case "database" -> database = AnswerReader.requiredText(json);
            case "name" -> name = AnswerReader.requiredText(json);
            case "records" -> records = json.getLongValue();
            case "operations" -> operations = json.getLongValue();
            case "linked_operations" -> linkedOperations = json.getLongValue();
            case "acked_seq_id" -> acked = json.getLongValue();
            case "durable_seq_id" -> durable = json.getLongValue();
            case "applied_seq_id" -> applied = json.getLongValue();
            case "linked_seq_id" -> linked = json.getLongValue();
            case "ingest_lag" -> ingestLag = lag(json);
            case "index_lag" -> indexLag = lag(json);
            case "apply_rate" -> applyRate = rate(json);
            case "link_rate" -> linkRate = rate(json);
            case "seconds_until_applied" -> untilApplied = seconds(json);
            case "seconds_until_linked" -> untilLinked = seconds(json);
            default -> json.skipChildren();
        }
    }

    private static @Nullable Double seconds(JsonParser json) throws IOException {
        return json.hasToken(JsonToken.VALUE_NULL) ? null : Double.valueOf(json.getDoubleValue());
    }

    private static Rate rate(JsonParser json) throws IOException {
        double[] rates = {0, 0};
        AnswerReader.object(json, (field, value) -> {
            switch (field) {
                case "records_per_second" -> rates[0] = value.getDoubleValue();
                case "bytes_per_second" -> rates[1] = value.getDoubleValue();
                default -> value.skipChildren();
            }
        });
        return new Rate(rates[0], rates[1]);
    }

    private static Lag lag(JsonParser json) throws IOException {
        long[] counts = {0, 0};
        double[] seconds = {0};
        AnswerReader.object(json, (field, value) -> {
            switch (field) {
                case "records" -> counts[0] = value.getLongValue();
                case "bytes" -> counts[1] = value.getLongValue();
                case "seconds" -> seconds[0] = value.getDoubleValue();
                default -> value.skipChildren();
            }
        });
        return new Lag(counts[0], counts[1], seconds[0]);
    }
}
