package io.forebay.bench.peers;

import io.forebay.model.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A batch as PostgreSQL's {@code COPY … (FORMAT binary)} takes it: columns id, document, metadata (jsonb), embedding
 * (pgvector's vector).
 *
 * <p>Format: a signature, flags and extension of four zero bytes each; for each row its number of columns (int16) and each
 * column's length (int32, -1 for null) and bytes; -1 (int16) at the end. A jsonb is a version byte, 1, and its text; a
 * vector is its dimension (int16), two zero bytes, and its components (float32). All of it big-endian.
 */
final class PgCopy {
    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int COLUMNS = 4;

    private PgCopy() {}

    static byte[] of(RecordBatch batch) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.encodedBytes() * 5 / 4 + 1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(SIGNATURE);
        out.writeLong(0);
        float[] embedding = new float[batch.dimension()];
        for (int i = 0; i < batch.size(); i++) {
            out.writeShort(COLUMNS);
            field(out, batch.idBytes(i));
            field(out, batch.documentBytes(i));
            metadata(out, MetadataText.of(batch.metadata(i)));
            batch.copyEmbedding(i, embedding);
            vector(out, embedding);
        }
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private static void field(DataOutputStream out, byte @Nullable [] value) throws IOException {
        if (value == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(value.length);
            out.write(value);
        }
    }

    private static void metadata(DataOutputStream out, @Nullable String json) throws IOException {
        if (json == null) {
            out.writeInt(-1);
        } else {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            out.writeInt(1 + text.length);
            out.writeByte(1);
            out.write(text);
        }
    }

    private static void vector(DataOutputStream out, float[] components) throws IOException {
        out.writeInt(2 * Short.BYTES + Float.BYTES * components.length);
        out.writeShort(components.length);
        out.writeShort(0);
        for (float component : components) {
            out.writeFloat(component);
        }
    }
}
