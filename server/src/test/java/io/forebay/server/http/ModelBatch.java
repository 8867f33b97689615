package io.forebay.server.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of an add, upsert or update of {@link ModelTest}. Every list but the ids may be null or hold nulls, as far as the
 * operation allows.
 *
 * @param base64 how the embeddings are written
 */
record ModelBatch(List<String> ids, List<float[]> embeddings, boolean base64, List<String> documents,
        List<String> uris, List<Map<String, Object>> metadatas) {

    String json() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ids", ids);
        body.put("embeddings", embeddings == null ? null : written());
        body.put("documents", documents);
        body.put("uris", uris);
        body.put("metadatas", metadatas);
        return ModelJson.text(body);
    }

    private List<Object> written() {
        List<Object> all = new ArrayList<>();
        for (float[] embedding : embeddings) {
            all.add(base64 && embedding != null ? encoded(embedding) : embedding);
        }
        return all;
    }

    private static String encoded(float[] embedding) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * embedding.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float component : embedding) {
            bytes.putFloat(component);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
