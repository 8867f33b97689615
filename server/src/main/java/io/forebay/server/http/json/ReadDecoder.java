package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.Where;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The bodies of get, query and delete. Answers echo {@code include} as it was sent, so it is kept beside the request. */
public final class ReadDecoder {
    private static final List<Include> GET_DEFAULT = List.of(Include.DOCUMENTS, Include.METADATAS);
    private static final List<Include> QUERY_DEFAULT = List.of(Include.DOCUMENTS, Include.METADATAS,
            Include.DISTANCES);
    private static final int RESULTS_DEFAULT = 10;

    public record Get(GetRequest request, List<Include> include) {}

    public record Query(QueryRequest request, List<Include> include) {}

    /** Of {@code POST …/count}; both null count all. */
    public record Filter(@Nullable List<String> ids, @Nullable Where where) {}

    private final JsonIn in;
    private @Nullable List<String> ids;
    private @Nullable Where where;
    private @Nullable Where document;
    private @Nullable Integer limit;
    private @Nullable Integer offset;
    private @Nullable Integer results;
    private @Nullable Integer efSearch;
    private @Nullable List<Include> include;
    private @Nullable List<float[]> embeddings;

    private ReadDecoder(JsonIn in) {
        this.in = in;
    }

    public static Get get(JsonIn in) throws IOException {
        ReadDecoder d = new ReadDecoder(in);
        in.object("struct GetRequestPayload", name -> switch (name) {
            case "limit" -> d.limit();
            case "offset" -> d.offset();
            case "include" -> d.include();
            default -> d.filter(name);
        });
        List<Include> include = d.include == null ? GET_DEFAULT : d.include;
        int offset = d.offset == null ? 0 : d.offset;
        return new Get(new GetRequest(d.ids, WhereDecoder.combine(d.where, d.document), d.limit, offset,
                set(include)), include);
    }

    public static Query query(JsonIn in) throws IOException {
        ReadDecoder d = new ReadDecoder(in);
        in.object("struct QueryRequestPayload", name -> switch (name) {
            case "query_embeddings" -> d.embeddings();
            case "n_results" -> d.results();
            case "ef_search" -> d.efSearch();
            case "include" -> d.include();
            default -> d.filter(name);
        });
        if (d.embeddings == null) {
            throw in.missing("query_embeddings");
        }
        for (float[] embedding : d.embeddings) {
            if (embedding.length != d.embeddings.getFirst().length) {
                throw ForebayException.invalid("Inconsistent dimensions in provided embeddings");
            }
        }
        List<Include> include = d.include == null ? QUERY_DEFAULT : d.include;
        int results = d.results == null ? RESULTS_DEFAULT : d.results;
        return new Query(new QueryRequest(d.embeddings, results, d.ids,
                WhereDecoder.combine(d.where, d.document), set(include), d.efSearch == null ? 0 : d.efSearch),
                include);
    }

    public static Filter count(JsonIn in) throws IOException {
        ReadDecoder d = new ReadDecoder(in);
        in.object("struct CountRequestPayload", d::filter);
        return new Filter(d.ids, WhereDecoder.combine(d.where, d.document));
    }

    /** Filters that stand by themselves, each as JSON or null; null when both are. */
    public static @Nullable Where filter(@Nullable String where, @Nullable String whereDocument) {
        return WhereDecoder.combine(where == null ? null : WhereDecoder.where(Json.tree(where)),
                whereDocument == null ? null : WhereDecoder.document(Json.tree(whereDocument)));
    }

    /** INVALID_ARGUMENT for a width of a search that is out of range. */
    public static void checkWidth(@Nullable Integer width) {
        HnswFields.checkWidth("Validation error: ef_search", width);
    }

    /** INVALID_ARGUMENT for a name that is no field. */
    public static Include include(String name) {
        Include found = included(name);
        if (found == null) {
            throw ForebayException.invalid(unknown(name));
        }
        return found;
    }

    /** Null when the request names nothing at all, which deletes nothing. */
    public static @Nullable DeleteRequest delete(JsonIn in) throws IOException {
        ReadDecoder d = new ReadDecoder(in);
        in.object("struct DeleteCollectionRecordsPayload", name -> switch (name) {
            case "limit" -> d.limit();
            default -> d.filter(name);
        });
        Where filter = WhereDecoder.combine(d.where, d.document);
        if (d.limit != null && filter == null) {
            throw ForebayException.invalid("Validation error: limit, where: limit can only be specified when"
                    + " a where clause is provided");
        }
        if (d.ids == null && filter == null) {
            return null;
        }
        if (d.ids != null && d.ids.isEmpty() && filter == null) {
            throw ForebayException
                    .invalid("Validation error: ids, where: Either ids or where must be specified");
        }
        return new DeleteRequest(d.ids, filter, d.limit);
    }

    private boolean filter(String name) throws IOException {
        switch (name) {
            case "ids" -> ids = in.isNull() ? null : in.strings();
            case "where" -> where = WhereDecoder.where(JsonTree.read(in));
            case "where_document" -> document = WhereDecoder.document(JsonTree.read(in));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean limit() throws IOException {
        limit = in.isNull() ? null : in.u32();
        return true;
    }

    private boolean offset() throws IOException {
        offset = in.isNull() ? null : in.u32();
        return true;
    }

    private boolean results() throws IOException {
        results = in.isNull() ? null : in.u32();
        return true;
    }

    /** Not in Chroma's protocol: the width of the search for this query alone. */
    private boolean efSearch() throws IOException {
        efSearch = in.isNull() ? null : in.u32();
        HnswFields.checkWidth("Validation error: ef_search", efSearch);
        return true;
    }

    private boolean include() throws IOException {
        List<Include> named = new ArrayList<>();
        in.array("a sequence", () -> {
            String name = in.string();
            Include one = included(name);
            if (one == null) {
                throw in.shape(unknown(name));
            }
            named.add(one);
        });
        include = named;
        return true;
    }

    private static String unknown(String name) {
        return "unknown variant `" + name
                + "`, expected one of `distances`, `documents`, `embeddings`, `metadatas`, `uris`";
    }

    private static @Nullable Include included(String name) {
        for (Include one : Include.values()) {
            if (one.wireName().equals(name)) {
                return one;
            }
        }
        return null;
    }

    private boolean embeddings() throws IOException {
        List<float[]> all = new ArrayList<>();
        in.array("a sequence", () -> all.add(embedding()));
        embeddings = all;
        return true;
    }

    private float[] embedding() throws IOException {
        if (in.token() != JsonToken.START_ARRAY) {
            throw in.wrongType("a sequence");
        }
        int count = in.floats();
        return Arrays.copyOf(in.parser().floats(), count);
    }

    private static Set<Include> set(List<Include> include) {
        return include.isEmpty() ? EnumSet.noneOf(Include.class) : EnumSet.copyOf(include);
    }
}
