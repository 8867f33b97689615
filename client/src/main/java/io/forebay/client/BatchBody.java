package io.forebay.client;

import io.forebay.client.ForebayClient.Encoding;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A batch as the body of a write: {@code {"ids": [], "embeddings": [], "documents": [], "uris": [],
 * "metadatas": []}}. Ids, documents and embeddings go from the batch's bytes to the body's bytes; no string
 * is made of them. A column without any value is left out.
 */
final class BatchBody {
    private final RecordBatch batch;
    private final JsonSink out;
    private final Encoding encoding;

    private BatchBody(RecordBatch batch, Encoding encoding) {
        this.batch = batch;
        this.encoding = encoding;
        long embeddings = (encoding == Encoding.BASE64 ? 6L : 13L) * batch.embeddingCount()
                * batch.dimension();
        out = new JsonSink((int) Math.min(Integer.MAX_VALUE / 2,
                256 + embeddings + 16L * batch.size() + 5L * (batch.encodedBytes()
                        - 4L * batch.embeddingCount() * batch.dimension()) / 4));
    }

    static Body of(RecordBatch batch, Encoding encoding) {
        return new BatchBody(batch, encoding).write();
    }

    private Body write() {
        out.raw("{\"ids\":[");
        for (int i = 0; i < batch.size(); i++) {
            comma(i);
            out.string(batch.idBytes(i));
        }
        out.ascii(']');
        boolean required = batch.operation() == Operation.ADD || batch.operation() == Operation.UPSERT;
        if (batch.embeddingCount() > 0 || required) {
            writeEmbeddings();
        }
        column("documents", i -> writeText(batch.documentBytes(i)));
        column("uris", i -> writeText(batch.uriBytes(i)));
        column("metadatas", this::writeMetadata);
        return out.ascii('}').body();
    }

    private void writeEmbeddings() {
        out.raw(",\"embeddings\":[");
        ByteBuffer all = batch.embeddings();
        int stride = 4 * batch.dimension();
        for (int i = 0; i < batch.size(); i++) {
            comma(i);
            if (!batch.hasEmbedding(i)) {
                out.raw("null");
                continue;
            }
            ByteBuffer row = all.slice(stride * batch.embeddingIndex(i), stride);
            if (encoding == Encoding.BASE64) {
                out.base64(row);
            } else {
                writeNumbers(row.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
            }
        }
        out.ascii(']');
    }

    private void writeNumbers(FloatBuffer row) {
        out.ascii('[');
        for (int i = 0; i < row.limit(); i++) {
            comma(i);
            out.number(row.get(i));
        }
        out.ascii(']');
    }

    private boolean writeText(byte @Nullable [] utf8) {
        out.string(utf8);
        return utf8 != null;
    }

    private boolean writeMetadata(int record) {
        var metadata = batch.metadata(record);
        MetadataJson.write(metadata, out);
        return metadata != null;
    }

    /** @param entry writes the entry of a record and says whether it was one */
    private void column(String name, IntPredicate entry) {
        int before = out.size();
        out.raw(",\"" + name + "\":[");
        boolean any = false;
        for (int i = 0; i < batch.size(); i++) {
            comma(i);
            any |= entry.test(i);
        }
        out.ascii(']');
        if (!any) {
            out.truncate(before);
        }
    }

    private void comma(int index) {
        if (index > 0) {
            out.ascii(',');
        }
    }
}
