package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;

/**
 * The body of add, upsert and update becomes a batch in one pass: columns in any order, components straight into the
 * builder's array, no object per number.
 *
 * <p>Failure: what a client can get wrong is found here or in {@link RecordBatchBuilder#build}, before anything is
 * written.
 */
public final class BatchDecoder {
    private static final String UNEQUAL = "Inconsistent number of IDs, embeddings, documents, URIs and metadatas";

    private enum Form {
        UNKNOWN, NUMBERS, BASE64
    }

    private final JsonIn in;
    private final Operation operation;
    private final RecordBatchBuilder batch;
    private final Base64Floats base64 = new Base64Floats();
    private Form form = Form.UNKNOWN;
    private boolean idsSeen;
    private boolean embeddingsSeen;
    private boolean emptyColumn;

    private BatchDecoder(JsonIn in, Operation operation) {
        this.in = in;
        this.operation = operation;
        this.batch = RecordBatch.builder(operation);
    }

    public static RecordBatch decode(JsonIn in, Operation operation) throws IOException {
        return new BatchDecoder(in, operation).decode();
    }

    private RecordBatch decode() throws IOException {
        in.object("struct CollectionRecords", this::field);
        if (!idsSeen) {
            throw in.missing("ids");
        }
        if (!embeddingsSeen && operation != Operation.UPDATE) {
            throw in.missing("embeddings");
        }
        if (emptyColumn && batch.size() > 0) {
            // To the builder a column without entries is one that was not given.
            throw ForebayException.invalid(UNEQUAL);
        }
        return batch.build();
    }

    private boolean field(String name) throws IOException {
        switch (name) {
            case "ids" -> {
                idsSeen = true;
                in.array("a sequence", () -> batch.id(in.string()));
            }
            case "embeddings" -> {
                embeddingsSeen = true;
                column(operation == Operation.UPDATE, this::embedding);
            }
            case "documents" -> column(true, () -> batch.document(in.nullableString()));
            case "uris" -> column(true, () -> batch.uri(in.nullableString()));
            case "metadatas" -> column(true, this::metadata);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void column(boolean nullable, JsonIn.Element element) throws IOException {
        if (nullable && in.isNull()) {
            return;
        }
        boolean[] any = new boolean[1];
        in.array("a sequence", () -> {
            any[0] = true;
            element.read();
        });
        emptyColumn |= !any[0];
    }

    private void metadata() throws IOException {
        batch.metadata(in.isNull() ? null : MetadataDecoder.read(in, operation != Operation.ADD));
    }

    private void embedding() throws IOException {
        switch (in.token()) {
            case START_ARRAY -> {
                require(Form.NUMBERS);
                components();
            }
            case VALUE_STRING -> {
                require(Form.BASE64);
                base64.read(in, batch);
            }
            case VALUE_NULL -> {
                if (operation != Operation.UPDATE) {
                    throw in.wrongType("an array of numbers or a base64 string");
                }
                batch.nullEmbedding();
            }
            default -> throw in.wrongType("an array of numbers or a base64 string");
        }
    }

    private void require(Form found) {
        if (form != Form.UNKNOWN && form != found) {
            throw in.shape("data did not match any variant of untagged enum EmbeddingsPayload");
        }
        form = found;
    }

    private void components() throws IOException {
        JsonParser parser = in.parser();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
                throw in.wrongType("f32");
            }
            batch.component(parser.getFloatValue());
        }
        batch.endEmbedding();
    }
}
