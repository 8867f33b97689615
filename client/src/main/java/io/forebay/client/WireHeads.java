package io.forebay.client;

import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.Where;
import io.forebay.model.wire.Fields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What requests say in the heads of their frames. */
final class WireHeads {
    private WireHeads() {}

    static Fields call(Call call, boolean hasBody) {
        List<String> headers = new ArrayList<>();
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            headers.add(header.getKey());
            headers.add(header.getValue());
        }
        if (hasBody) {
            headers.add("Content-Type");
            headers.add("application/json");
        }
        return new Fields().put("method", call.method()).put("path", call.path()).put("headers",
                headers.isEmpty() ? null : headers);
    }

    static Fields settings(Fields head, WriteSettings settings) {
        return head.put("durability", settings.durability() == null ? null : settings.durability().wireName())
                .put("idempotency_key", settings.idempotencyKey());
    }

    static Fields selection(Fields head, @Nullable List<String> ids, @Nullable Where where, Filter filter) {
        return head.put("ids", ids).put("where", ReadBody.where(where, filter)).put("where_document",
                filter.whereDocumentJson());
    }

    static Fields options(Fields head, ReadOptions options) {
        head.put("read_level", options.level() == null ? null : options.level().wireName());
        if (options.minSeqId() > 0) {
            head.put("min_seq_id", options.minSeqId());
        }
        return options.timeoutMillis() > 0 ? head.put("timeout_millis", options.timeoutMillis()) : head;
    }

    static Fields get(GetRequest request, Filter filter, ReadOptions options) {
        Fields head = selection(new Fields(), request.ids(), request.where(), filter);
        if (request.limit() != null) {
            head.put("limit", request.limit());
        }
        if (request.offset() != 0) {
            head.put("offset", request.offset());
        }
        return options(head.put("include", names(request.include())), options);
    }

    static Fields query(QueryRequest request, Filter filter, ReadOptions options) {
        Fields head = selection(new Fields(), request.ids(), request.where(), filter);
        if (request.embeddings().size() != 1) {
            head.put("embeddings", request.embeddings().size());
        }
        head.put("n_results", request.nResults());
        if (request.efSearch() > 0) {
            head.put("ef_search", request.efSearch());
        }
        return options(head.put("include", names(request.include())), options);
    }

    /** Distances are always there. */
    private static List<String> names(Set<Include> include) {
        List<String> names = new ArrayList<>(include.size());
        for (Include field : include) {
            if (field != Include.DISTANCES) {
                names.add(field.wireName());
            }
        }
        return names;
    }

    /** Null when there is none, or when they are not of one length above 0: a frame cannot say that. */
    static @Nullable ByteBuffer embeddings(List<float[]> embeddings) {
        int dimension = embeddings.isEmpty() ? 0 : embeddings.get(0).length;
        if (dimension == 0 || embeddings.stream().anyMatch(one -> one.length != dimension)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(4 * dimension, embeddings.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < embeddings.size(); i++) {
            bytes.slice(4 * dimension * i, 4 * dimension).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                    .put(embeddings.get(i));
        }
        return bytes;
    }
}
