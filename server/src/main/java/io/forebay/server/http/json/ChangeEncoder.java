package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.Change;
import io.forebay.engine.PurgedException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The data of a change feed's events. A field that the operation does not have, or that was not asked for, is left out. */
public final class ChangeEncoder {
    private ChangeEncoder() {}

    /** One record operation; the metadata of an update may hold nulls, which remove the key. */
    public static void record(JsonGenerator out, Change change, int record, Set<Include> include)
            throws IOException {
        RecordBatch batch = change.batch();
        out.writeStartObject();
        out.writeNumberField("seq_id", change.minSeqId() + record);
        out.writeStringField("id", batch.id(record));
        if (include.contains(Include.EMBEDDINGS) && batch.hasEmbedding(record)) {
            float[] embedding = new float[batch.dimension()];
            batch.copyEmbedding(record, embedding);
            out.writeFieldName("embedding");
            RecordsEncoder.embedding(out, embedding);
        }
        Map<String, MetadataValue> metadata = include.contains(Include.METADATAS)
                ? batch.metadata(record)
                : null;
        if (metadata != null) {
            out.writeFieldName("metadata");
            MetadataEncoder.write(out, metadata);
        }
        String document = include.contains(Include.DOCUMENTS) ? batch.document(record) : null;
        if (document != null) {
            out.writeStringField("document", document);
        }
        String uri = include.contains(Include.URIS) ? batch.uri(record) : null;
        if (uri != null) {
            out.writeStringField("uri", uri);
        }
        out.writeNumberField("time", change.appendTimeMillis());
        out.writeEndObject();
    }

    public static void dropped(JsonGenerator out, UUID collection) throws IOException {
        out.writeStartObject();
        out.writeStringField("collection_id", collection.toString());
        out.writeEndObject();
    }

    /** The same as the body of the answer 410. */
    public static void purged(JsonGenerator out, PurgedException failure) throws IOException {
        out.writeStartObject();
        out.writeStringField("error", ErrorCode.GONE.wireName());
        out.writeStringField("message", failure.getMessage());
        out.writeNumberField("oldest_seq_id", failure.oldestSeqId());
        out.writeEndObject();
    }

    public static void failed(JsonGenerator out, ForebayException failure) throws IOException {
        out.writeStartObject();
        out.writeStringField("error", failure.code().wireName());
        out.writeStringField("message", failure.getMessage());
        out.writeEndObject();
    }
}
