package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.DeadLetter;
import io.forebay.model.Operation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Entries that were set aside, without what they hold. */
public final class DeadLetterEncoder {
    private DeadLetterEncoder() {}

    public static void list(JsonGenerator out, long total, List<DeadLetter> letters) throws IOException {
        out.writeStartObject();
        out.writeNumberField("total", total);
        out.writeArrayFieldStart("dead_letters");
        for (DeadLetter letter : letters) {
            letter(out, letter);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void letter(JsonGenerator out, DeadLetter letter) throws IOException {
        out.writeStartObject();
        out.writeNumberField("min_seq_id", letter.minSeqId());
        out.writeNumberField("max_seq_id", letter.maxSeqId());
        Operation operation = letter.operation();
        out.writeStringField("operation",
                operation == null ? null : operation.name().toLowerCase(Locale.ROOT));
        out.writeNumberField("records", letter.records());
        out.writeArrayFieldStart("ids");
        for (String id : letter.ids()) {
            out.writeString(id);
        }
        out.writeEndArray();
        out.writeStringField("reason", letter.reason());
        out.writeNumberField("written_at", letter.appendTimeMillis());
        out.writeNumberField("parked_at", letter.parkedTimeMillis());
        out.writeNumberField("bytes", letter.bytes());
        out.writeEndObject();
    }

    public static void retried(JsonGenerator out, int count) throws IOException {
        out.writeStartObject();
        out.writeNumberField("retried", count);
        out.writeEndObject();
    }

    public static void discarded(JsonGenerator out, int count) throws IOException {
        out.writeStartObject();
        out.writeNumberField("discarded", count);
        out.writeEndObject();
    }
}
