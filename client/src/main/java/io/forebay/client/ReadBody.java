package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.Where;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The bodies of get, query, count and delete. */
final class ReadBody {
    private final JsonSink out = new JsonSink(1024);
    private boolean first = true;

    private ReadBody() {
        out.ascii('{');
    }

    static Body get(GetRequest request, Filter filter) {
        ReadBody body = new ReadBody();
        body.ids(request.ids());
        body.filters(request.where(), filter);
        body.limit(request.limit());
        if (request.offset() > 0) {
            body.field("offset").number(request.offset());
        }
        body.include(request.include());
        return body.end();
    }

    static Body query(QueryRequest request, Filter filter) {
        ReadBody body = new ReadBody();
        body.embeddings(request.embeddings());
        body.field("n_results").number(request.nResults());
        if (request.efSearch() > 0) {
            body.field("ef_search").number(request.efSearch());
        }
        body.ids(request.ids());
        body.filters(request.where(), filter);
        body.include(request.include());
        return body.end();
    }

    static Body count(@Nullable List<String> ids, Filter filter) {
        ReadBody body = new ReadBody();
        body.ids(ids);
        body.filters(null, filter);
        return body.end();
    }

    static Body delete(DeleteRequest request, Filter filter) {
        ReadBody body = new ReadBody();
        body.ids(request.ids());
        body.filters(request.where(), filter);
        body.limit(request.limit());
        return body.end();
    }

    private JsonSink field(String name) {
        if (!first) {
            out.ascii(',');
        }
        first = false;
        return out.ascii('"').raw(name).raw("\":");
    }

    /** Always JSON numbers: Chroma takes base64 in writes only. */
    private void embeddings(List<float[]> embeddings) {
        field("query_embeddings").ascii('[');
        for (int i = 0; i < embeddings.size(); i++) {
            out.raw(i == 0 ? "[" : ",[");
            float[] embedding = embeddings.get(i);
            for (int j = 0; j < embedding.length; j++) {
                if (j > 0) {
                    out.ascii(',');
                }
                out.number(embedding[j]);
            }
            out.ascii(']');
        }
        out.ascii(']');
    }

    private void ids(@Nullable List<String> ids) {
        if (ids == null) {
            return;
        }
        field("ids").ascii('[');
        for (int i = 0; i < ids.size(); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            out.string(ids.get(i));
        }
        out.ascii(']');
    }

    /** Both conditions as one JSON value; null when there is none. */
    static @Nullable String where(@Nullable Where where, Filter filter) {
        if (where == null) {
            return filter.whereJson();
        }
        JsonSink sink = new JsonSink(256);
        if (filter.whereJson() == null) {
            WhereJson.write(where, sink);
        } else {
            sink.raw("{\"$and\":[");
            WhereJson.write(where, sink);
            sink.ascii(',').raw(filter.whereJson()).raw("]}");
        }
        Body body = sink.body();
        return new String(body.bytes(), 0, body.length(), StandardCharsets.UTF_8);
    }

    private void filters(@Nullable Where condition, Filter filter) {
        String json = where(condition, filter);
        if (json != null) {
            field("where").raw(json);
        }
        if (filter.whereDocumentJson() != null) {
            field("where_document").raw(filter.whereDocumentJson());
        }
    }

    private void limit(@Nullable Integer limit) {
        if (limit != null) {
            field("limit").number(limit);
        }
    }

    private void include(Set<Include> include) {
        field("include").ascii('[');
        for (Iterator<String> names = include.stream().map(Include::wireName).sorted().iterator(); names
                .hasNext();) {
            out.string(names.next());
            if (names.hasNext()) {
                out.ascii(',');
            }
        }
        out.ascii(']');
    }

    private Body end() {
        return out.ascii('}').body();
    }
}
