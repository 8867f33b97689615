package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.History;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Commits of a collection and what they changed. */
public final class CommitEncoder {
    private CommitEncoder() {}

    public static void page(JsonGenerator out, History.Page page, int offset) throws IOException {
        out.writeStartObject();
        out.writeNumberField("total", page.total());
        out.writeNumberField("offset", offset);
        out.writeArrayFieldStart("commits");
        for (CommitInfo commit : page.commits()) {
            write(out, commit);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    public static void write(JsonGenerator out, CommitInfo commit) throws IOException {
        out.writeStartObject();
        out.writeStringField("commit_id", commit.id());
        out.writeNumberField("number", commit.number());
        JobEncoder.text(out, "parent", commit.parent());
        out.writeStringField("kind", commit.kind().name().toLowerCase(Locale.ROOT));
        JobEncoder.text(out, "job_id", commit.job() == null ? null : commit.job().toString());
        JobEncoder.text(out, "revert_of", commit.revertOf());
        JobEncoder.text(out, "message", commit.message());
        JobEncoder.text(out, "author", commit.author());
        JobEncoder.time(out, "created_at", commit.timeMillis());
        out.writeNumberField("documents_inserted", commit.inserted());
        out.writeNumberField("documents_updated", commit.updated());
        out.writeNumberField("documents_deleted", commit.deleted());
        out.writeNumberField("records", commit.records());
        out.writeEndObject();
    }

    /** @param more whether the page is full, so that there may be another behind its last id */
    public static void diff(JsonGenerator out, List<History.RowDiff> rows, boolean more) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("rows");
        for (History.RowDiff row : rows) {
            out.writeStartObject();
            out.writeStringField("id", row.id());
            out.writeStringField("change",
                    row.before() == null ? "inserted" : row.after() == null ? "deleted" : "updated");
            JobEncoder.text(out, "before", row.before());
            JobEncoder.text(out, "after", row.after());
            out.writeEndObject();
        }
        out.writeEndArray();
        JobEncoder.text(out, "next_after", more ? rows.getLast().id() : null);
        out.writeEndObject();
    }
}
