package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers of get and query: one array per field, null for a field that was not asked for. */
public final class RecordsEncoder {
    private RecordsEncoder() {}

    private interface Column<T> {
        void write(JsonGenerator out, T item) throws IOException;
    }

    public static void get(JsonGenerator out, List<StoredRecord> records, List<Include> include)
            throws IOException {
        out.writeStartObject();
        out.writeFieldName("ids");
        column(out, records, (o, record) -> o.writeString(record.id()));
        for (Include field : List.of(Include.EMBEDDINGS, Include.DOCUMENTS, Include.URIS,
                Include.METADATAS)) {
            out.writeFieldName(field.wireName());
            if (include.contains(field)) {
                column(out, records, (o, record) -> field(o, record, field));
            } else {
                out.writeNull();
            }
        }
        echo(out, include);
        out.writeEndObject();
    }

    public static void query(JsonGenerator out, List<List<Hit>> answers, List<Include> include)
            throws IOException {
        out.writeStartObject();
        out.writeFieldName("ids");
        column(out, answers, (o, hits) -> column(o, hits, (p, hit) -> p.writeString(hit.record().id())));
        for (Include field : List.of(Include.EMBEDDINGS, Include.DOCUMENTS, Include.URIS, Include.METADATAS,
                Include.DISTANCES)) {
            out.writeFieldName(field.wireName());
            if (include.contains(field)) {
                column(out, answers, (o, hits) -> column(o, hits, (p, hit) -> field(p, hit, field)));
            } else {
                out.writeNull();
            }
        }
        echo(out, include);
        out.writeEndObject();
    }

    private static <T> void column(JsonGenerator out, List<T> items, Column<T> cell) throws IOException {
        out.writeStartArray();
        for (T item : items) {
            cell.write(out, item);
        }
        out.writeEndArray();
    }

    private static void field(JsonGenerator out, Hit hit, Include field) throws IOException {
        if (field == Include.DISTANCES) {
            Json.writeFloat(out, hit.distance());
        } else {
            field(out, hit.record(), field);
        }
    }

    private static void field(JsonGenerator out, StoredRecord record, Include field) throws IOException {
        switch (field) {
            case EMBEDDINGS -> embedding(out, record.embedding());
            case DOCUMENTS -> text(out, record.document());
            case URIS -> text(out, record.uri());
            case METADATAS -> MetadataEncoder.write(out, record.metadata());
            case DISTANCES -> throw new IllegalArgumentException("a record has no distance");
        }
    }

    static void embedding(JsonGenerator out, float @Nullable [] embedding) throws IOException {
        Json.writeFloats(out, embedding);
    }

    static void text(JsonGenerator out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeNull();
        } else {
            out.writeString(text);
        }
    }

    private static void echo(JsonGenerator out, List<Include> include) throws IOException {
        out.writeArrayFieldStart("include");
        for (Include field : include) {
            out.writeString(field.wireName());
        }
        out.writeEndArray();
    }
}
