package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import java.io.IOException;
import java.util.List;

/** The answer of search: one array per field with an entry per search, which is null when the search did not select it. */
public final class SearchEncoder {
    private SearchEncoder() {}

    private interface Cell {
        void write(JsonGenerator out, SearchHit hit) throws IOException;
    }

    private interface Wanted {
        boolean in(Select select);
    }

    public static void write(JsonGenerator out, List<SearchRequest> searches, List<List<SearchHit>> answers)
            throws IOException {
        out.writeStartObject();
        column(out, "ids", searches, answers, select -> true, (o, hit) -> o.writeString(hit.record().id()));
        column(out, "documents", searches, answers, select -> select.has(Select.DOCUMENT),
                (o, hit) -> RecordsEncoder.text(o, hit.record().document()));
        column(out, "embeddings", searches, answers, select -> select.has(Select.EMBEDDING),
                (o, hit) -> RecordsEncoder.embedding(o, hit.record().embedding()));
        column(out, "metadatas", searches, answers, Select::anyMetadata,
                (o, hit) -> MetadataEncoder.write(o, hit.record().metadata()));
        column(out, "scores", searches, answers, select -> select.has(Select.SCORE),
                (o, hit) -> Json.writeFloat(o, hit.score()));
        out.writeArrayFieldStart("select");
        for (SearchRequest search : searches) {
            out.writeStartArray();
            for (String key : search.select().keys()) {
                out.writeString(key);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void column(JsonGenerator out, String name, List<SearchRequest> searches,
            List<List<SearchHit>> answers, Wanted wanted, Cell cell) throws IOException {
        out.writeArrayFieldStart(name);
        for (int i = 0; i < searches.size(); i++) {
            if (!wanted.in(searches.get(i).select())) {
                out.writeNull();
                continue;
            }
            out.writeStartArray();
            for (SearchHit hit : answers.get(i)) {
                cell.write(out, hit);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
    }
}
