package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Verification;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Backups. What is not known, or not yet, is null. Also what {@code forebay backup list --json} prints. */
public final class BackupEncoder {
    private BackupEncoder() {}

    public static void list(JsonGenerator out, List<BackupState> all) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("backups");
        for (BackupState one : all) {
            write(out, one);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    public static void write(JsonGenerator out, BackupState one) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", one.id());
        out.writeStringField("state", one.phase().name().toLowerCase(Locale.ROOT));
        out.writeStringField("created_at", one.created().toString());
        out.writeNumberField("seconds", one.seconds());
        out.writeNumberField("files", one.files());
        out.writeNumberField("files_new", one.newFiles());
        out.writeNumberField("bytes", one.bytes());
        out.writeNumberField("bytes_new", one.newBytes());
        out.writeNumberField("from_seq_id", one.fromSeqId());
        out.writeNumberField("to_seq_id", one.toSeqId());
        out.writeNumberField("reaches_seq_id", one.reachSeqId());
        out.writeStringField("error", one.failure());
        Verification verification = one.verification();
        if (verification == null) {
            out.writeNullField("verification");
        } else {
            out.writeObjectFieldStart("verification");
            out.writeStringField("state",
                    verification.finished() == null
                            ? "running"
                            : verification.isSound() ? "sound" : "damaged");
            out.writeStringField("started_at", verification.started().toString());
            out.writeStringField("ended_at",
                    verification.finished() == null ? null : verification.finished().toString());
            out.writeNumberField("bytes", verification.bytes());
            out.writeArrayFieldStart("problems");
            for (String problem : verification.problems()) {
                out.writeString(problem);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndObject();
    }
}
