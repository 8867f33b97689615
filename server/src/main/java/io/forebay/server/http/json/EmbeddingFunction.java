package io.forebay.server.http.json;

import java.io.IOException;
import java.util.Map;

/** Chroma's {@code embedding_function}: for clients, so it is kept as sent; only its kind is looked at. */
final class EmbeddingFunction {
    private EmbeddingFunction() {}

    /** Its JSON. */
    static String read(JsonIn in) throws IOException {
        if (!in.token().isStructStart()) {
            throw in.wrongType("internally tagged enum EmbeddingFunctionConfiguration");
        }
        String json = Json.copy(in);
        Object type = Json.tree(json) instanceof Map<?, ?> map ? map.get("type") : null;
        if (type == null) {
            throw in.missing("type");
        }
        if (!"legacy".equals(type) && !"unknown".equals(type) && !"known".equals(type)) {
            throw in.shape("unknown variant `" + type + "`, expected one of `legacy`, `known`, `unknown`");
        }
        return json;
    }
}
