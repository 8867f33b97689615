package io.forebay.server.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.Forebay;
import io.forebay.etl.ImportMetrics;
import io.forebay.etl.Imports;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.History;
import io.forebay.etl.job.Job;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.DeadLetter;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.QueryRequest;
import io.forebay.model.Rank;
import io.forebay.model.ReadOptions;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import io.forebay.model.SparseVector;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** What a store answers, as JSON that is the same for the same content: no UUIDs, no times. */
final class GoldenAnswers {
    private final JsonGenerator json;
    private final Forebay forebay;

    private GoldenAnswers(JsonGenerator json, Forebay forebay) {
        this.json = json;
        this.forebay = forebay;
    }

    static String of(Path store) throws IOException {
        StringWriter text = new StringWriter();
        try (Forebay forebay = Forebay.open(store, GoldenMaker.options());
                Imports imports = Imports.open(store.resolve("imports"), forebay, GoldenMaker.imports(),
                        SourceOptions.NONE, ImportMetrics.NONE);
                JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            GoldenAnswers answers = new GoldenAnswers(json, forebay);
            for (CollectionInfo info : answers.collections()) {
                answers.collection(info);
            }
            answers.imports(imports);
            json.writeEndObject();
        }
        return text.toString().replace("\r\n", "\n") + "\n";
    }

    private List<CollectionInfo> collections() {
        List<CollectionInfo> all = new ArrayList<>(
                forebay.collections(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, null, 0));
        all.addAll(forebay.collections("other", "base", null, 0));
        return all;
    }

    private void collection(CollectionInfo info) throws IOException {
        json.writeObjectFieldStart(info.name());
        json.writeStringField("space", info.config().hnsw().space().toString());
        json.writeNumberField("dimension", info.dimension());
        json.writeStringField("metadata", String.valueOf(info.metadata()));
        json.writeStringField("keys", String.valueOf(forebay.metadataKeys(info.id())));
        json.writeNumberField("count", forebay.count(info.id(), ReadOptions.DEFAULT).join());
        json.writeNumberField("applied", forebay.status(info.id()).appliedSeqId());
        json.writeObjectFieldStart("filtered");
        filter(info, "page < 20", new Where.Compare("page", Where.Comparison.LT, MetadataValue.of(20)));
        filter(info, "title = gate",
                new Where.Compare("title", Where.Comparison.EQ, MetadataValue.of("gate")));
        filter(info, "big", new Where.Compare("big", Where.Comparison.GT, MetadataValue.of(1L << 53)));
        filter(info, "even", new Where.Compare("even", Where.Comparison.EQ, MetadataValue.of(true)));
        filter(info, "tags", new Where.ArrayContains("tags", false, MetadataValue.of("水")));
        filter(info, "document", new Where.Document(Where.TextMatch.CONTAINS, "größe water"));
        filter(info, "regex", new Where.Document(Where.TextMatch.REGEX, "number 1[0-9]$"));
        json.writeEndObject();
        records(info);
        nearest(info);
        json.writeArrayFieldStart("dead_letters");
        for (DeadLetter letter : forebay.deadLetters(info.id(), 0, 10).join()) {
            json.writeString(letter.operation() + " " + letter.records() + " " + letter.ids());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void filter(CollectionInfo info, String name, Where where) throws IOException {
        json.writeNumberField(name, forebay.count(info.id(), null, where, ReadOptions.DEFAULT).join());
    }

    private void records(CollectionInfo info) throws IOException {
        json.writeArrayFieldStart("records");
        GetRequest request = new GetRequest(null, null, null, 0,
                EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.EMBEDDINGS, Include.URIS));
        List<StoredRecord> all = forebay.get(info.id(), request, ReadOptions.DEFAULT).join();
        int step = Math.max(1, all.size() / 25);
        for (int i = 0; i < all.size(); i += step) {
            StoredRecord one = all.get(i);
            json.writeString(one.id() + " " + Arrays.toString(one.embedding()) + " " + one.document() + " "
                    + one.uri() + " " + (one.metadata() == null ? null : new TreeMap<>(one.metadata())));
        }
        json.writeEndArray();
    }

    private void nearest(CollectionInfo info) throws IOException {
        float[] query = new float[Math.max(1, info.dimension())];
        Arrays.fill(query, 0.5f);
        query[0] = -1;
        json.writeArrayFieldStart("nearest");
        for (Hit hit : forebay.query(info.id(), QueryRequest.nearest(query, 8), ReadOptions.DEFAULT).join()
                .getFirst()) {
            json.writeString(String.format(Locale.ROOT, "%s %.4f", hit.record().id(), hit.distance()));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("sparse");
        Rank rank = new Rank.Knn(new Rank.Sparse(new SparseVector(new int[]{4, 40}, new float[]{1, 1})),
                "sparse", 8,
                null, false);
        for (SearchHit hit : forebay.search(info.id(), List.of(SearchRequest.ranked(rank, 8, Select.IDS)),
                ReadOptions.DEFAULT).join().getFirst()) {
            json.writeString(String.format(Locale.ROOT, "%s %.4f", hit.record().id(), hit.score()));
        }
        json.writeEndArray();
    }

    private void imports(Imports imports) throws IOException {
        json.writeArrayFieldStart("jobs");
        for (Job job : imports.jobs(null, null, null, null, 0, 10).jobs()) {
            json.writeString(job.state() + " " + job.result() + " errors "
                    + imports.errors(job.id(), -1, 10).stream().map(error -> error.line()).toList());
        }
        json.writeEndArray();
        CollectionInfo imported = forebay.collection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                "imported");
        History history = imports.history();
        json.writeArrayFieldStart("commits");
        List<CommitInfo> commits = history.log(imported.id(), 0, 10).commits();
        for (CommitInfo commit : commits) {
            json.writeString(commit.number() + " " + commit.kind() + " " + commit.message() + " "
                    + commit.author()
                    + " +" + commit.inserted() + " ~" + commit.updated() + " -" + commit.deleted() + " = "
                    + commit.records() + " "
                    + history.rows(imported.id(), commit.id(), List.of("i0", "i16", "i29"), null, 10).stream()
                            .map(row -> row.id() + " " + row.document()).toList());
        }
        json.writeEndArray();
    }
}
