package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;

/**
 * The body of add, upsert and update becomes a batch in one pass: columns in any order, components straight into the
 * builder's array, no object per number. That array is kept for the thread's next batch, within reason.
 *
 * <p>Failure: what a client can get wrong is found here or in {@link RecordBatchBuilder#build}, before anything is
 * written.
 */
public final class BatchDecoder {
    /** Beyond it the array that collects embeddings is not kept for the next batch. */
    private static final int FLOATS_KEPT_MAX = 1 << 20;
    private static final ThreadLocal<float[]> FLOATS = ThreadLocal.withInitial(() -> new float[1024]);
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
        this.batch = RecordBatch.builder(operation).collectingIn(FLOATS.get());
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
        RecordBatch built = batch.build();
        float[] floats = batch.floats();
        if (floats.length <= FLOATS_KEPT_MAX) {
            FLOATS.set(floats);
        }
        return built;
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
        int count = in.floats();
        batch.embedding(in.parser().floats(), count);
    }
}
