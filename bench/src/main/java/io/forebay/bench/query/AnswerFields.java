package io.forebay.bench.query;

import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** What an answer carries. */
public enum AnswerFields {
    /** Documents, metadata and distances: Chroma's default. */
    ALL,
    /** Ids and distances. */
    DISTANCES;

    QueryRequest request(float[] embedding, int count, int ef) {
        EnumSet<Include> include = this == ALL
                ? EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.DISTANCES)
                : EnumSet.of(Include.DISTANCES);
        return new QueryRequest(List.of(embedding), count, null, null, include, ef);
    }

    static List<String> ids(List<List<Hit>> answers) {
        return answers.getFirst().stream().map(hit -> hit.record().id()).toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
