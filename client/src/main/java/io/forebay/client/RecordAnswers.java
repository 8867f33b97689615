package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.Hit;
import io.forebay.model.MetadataValue;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of a get or query answer, put together into records. */
final class RecordAnswers {
    private RecordAnswers() {}

    static List<StoredRecord> get(Answer answer) {
        return AnswerReader.read(answer, json -> {
            Columns columns = new Columns();
            AnswerReader.object(json, columns::field);
            return columns.records();
        });
    }

    static List<List<Hit>> query(Answer answer) {
        return AnswerReader.read(answer, json -> {
            List<Columns> all = new ArrayList<>();
            AnswerReader.object(json, (name, value) -> {
                if (Columns.NAMES.contains(name) && value.isExpectedStartArrayToken()) {
                    perQuery(name, value, all);
                }
            });
            List<List<Hit>> hits = new ArrayList<>(all.size());
            for (Columns columns : all) {
                hits.add(columns.hits());
            }
            return hits;
        });
    }

    private static void perQuery(String name, JsonParser json, List<Columns> all) throws IOException {
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i == all.size()) {
                all.add(new Columns());
            }
            all.get(i).field(name, json);
        }
    }

    /** The columns of one list of records; those not asked for are null. */
    private static final class Columns {
        static final List<String> NAMES = List.of("ids", "embeddings", "documents", "uris", "metadatas",
                "distances");
        private @Nullable List<String> ids;
        private @Nullable List<float @Nullable []> embeddings;
        private @Nullable List<@Nullable String> documents;
        private @Nullable List<@Nullable String> uris;
        private @Nullable List<@Nullable Map<String, MetadataValue>> metadatas;
        private float @Nullable [] distances;

        void field(String name, JsonParser json) throws IOException {
            switch (name) {
                case "ids" -> ids = AnswerReader.list(json, AnswerReader::requiredText);
                case "embeddings" -> embeddings = AnswerReader.list(json, AnswerReader::floats);
                case "documents" -> documents = AnswerReader.list(json, AnswerReader::text);
                case "uris" -> uris = AnswerReader.list(json, AnswerReader::text);
                case "metadatas" -> metadatas = AnswerReader.list(json, MetadataJson::read);
                case "distances" -> distances = AnswerReader.floats(json);
                default -> json.skipChildren();
            }
        }

        List<StoredRecord> records() throws IOException {
            if (ids == null) {
                throw new IOException("no ids");
            }
            check(embeddings == null ? ids.size() : embeddings.size());
            check(documents == null ? ids.size() : documents.size());
            check(uris == null ? ids.size() : uris.size());
            check(metadatas == null ? ids.size() : metadatas.size());
            List<StoredRecord> records = new ArrayList<>(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                records.add(new StoredRecord(ids.get(i), embeddings == null ? null : embeddings.get(i),
                        metadatas == null ? null : metadatas.get(i),
                        documents == null ? null : documents.get(i), uris == null ? null : uris.get(i)));
            }
            return records;
        }

        /** Distances that were not asked for are NaN. */
        List<Hit> hits() throws IOException {
            List<StoredRecord> records = records();
            check(distances == null ? records.size() : distances.length);
            List<Hit> hits = new ArrayList<>(records.size());
            for (int i = 0; i < records.size(); i++) {
                hits.add(new Hit(records.get(i), distances == null ? Float.NaN : distances[i]));
            }
            return hits;
        }

        private void check(int size) throws IOException {
            if (ids == null || size != ids.size()) {
                throw new IOException("columns of unequal length");
            }
        }
    }
}
