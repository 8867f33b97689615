package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The {@code config} of a sparse vector index: which function makes the vectors, of which key, and whether by BM25. */
final class SparseFields {
    private @Nullable String embeddingFunctionJson;
    private @Nullable String sourceKey;
    private @Nullable Boolean bm25;

    private SparseFields() {}

    /** Its JSON, with the fields that were given. */
    static String read(JsonIn in) throws IOException {
        SparseFields fields = new SparseFields();
        in.object("struct SparseVectorIndexConfig", name -> {
            boolean none = in.isNull();
            switch (name) {
                case "embedding_function" ->
                    fields.embeddingFunctionJson = none ? null : EmbeddingFunction.read(in);
                case "source_key" -> fields.sourceKey = in.nullableString();
                case "bm25" -> fields.bm25 = none ? null : (Boolean) in.bool();
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (fields.sourceKey != null && fields.embeddingFunctionJson == null) {
            throw ForebayException.invalid("Validation error: schema: If source_key is provided then"
                    + " embedding_function must also be provided since there is no default embedding"
                    + " function.");
        }
        return fields.json();
    }

    private String json() throws IOException {
        return Json.text(out -> {
            out.writeStartObject();
            if (embeddingFunctionJson != null) {
                out.writeFieldName("embedding_function");
                out.writeRawValue(embeddingFunctionJson);
            }
            if (sourceKey != null) {
                out.writeStringField("source_key", sourceKey);
            }
            if (bm25 != null) {
                out.writeBooleanField("bm25", bm25);
            }
            out.writeEndObject();
        });
    }
}
