package io.forebay.bench.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.bench.http.CodecTexts.Form;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A collection of a server, and the requests about it, byte for byte the same for every server. */
public record WireCollection(String name, String path) {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections";
    private static final JsonFactory FACTORY = new JsonFactory();

    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    public static WireCollection create(WireClient client, String name, Space space, int efSearch)
            throws IOException {
        client.exchange(WireClient.request("POST", COLLECTIONS, json(out -> {
            out.writeStringField("name", name);
            out.writeObjectFieldStart("configuration");
            out.writeObjectFieldStart("hnsw");
            out.writeStringField("space", space.wireName());
            out.writeNumberField("ef_search", efSearch);
            out.writeEndObject();
            out.writeEndObject();
        })));
        return new WireCollection(name, COLLECTIONS + "/" + id(client.body()));
    }

    public void drop(WireClient client) throws IOException {
        client.exchange(WireClient.request("DELETE", COLLECTIONS + "/" + name, new byte[0]));
    }

    private static String id(String collection) throws IOException {
        try (JsonParser parser = FACTORY.createParser(collection)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING && "id".equals(parser.currentName())) {
                    return parser.getText();
                }
            }
        }
        throw new IOException("a collection without an id: " + collection);
    }

    byte[] query(float[] embedding, int results) throws IOException {
        return query(embedding, results, null);
    }

    /** @param where JSON; null for none */
    byte[] query(float[] embedding, int results, @Nullable String where) throws IOException {
        return WireClient.request("POST", path + "/query", json(out -> {
            out.writeArrayFieldStart("query_embeddings");
            CodecTexts.write(out, embedding, Form.DOUBLES);
            out.writeEndArray();
            out.writeNumberField("n_results", results);
            if (where != null) {
                out.writeFieldName("where");
                out.writeRawValue(where);
            }
        }));
    }

    /** @param fields JSON, without its braces */
    byte[] get(String fields) {
        return WireClient.request("POST", path + "/get",
                ("{" + fields + "}").getBytes(StandardCharsets.UTF_8));
    }

    /** @param fields JSON, without its braces */
    public byte[] count(String fields) {
        return WireClient.request("POST", path + "/count",
                ("{" + fields + "}").getBytes(StandardCharsets.UTF_8));
    }

    /** The ids in the answer to a query with one embedding. */
    static List<String> ids(String answer) throws IOException {
        List<String> ids = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(answer)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals("ids");
                parser.nextToken();
                while (wanted && parser.nextToken() != null && parser.currentToken() != JsonToken.END_ARRAY) {
                    if (parser.currentToken() == JsonToken.VALUE_STRING) {
                        ids.add(parser.getText());
                    }
                }
                if (wanted) {
                    return ids;
                }
                parser.skipChildren();
            }
        }
        return ids;
    }

    public byte[] add(RecordBatch batch) throws IOException {
        float[] embedding = new float[batch.dimension()];
        return WireClient.request("POST", path + "/add", json(out -> {
            out.writeArrayFieldStart("ids");
            for (int i = 0; i < batch.size(); i++) {
                out.writeString(batch.id(i));
            }
            out.writeEndArray();
            out.writeArrayFieldStart("embeddings");
            for (int i = 0; i < batch.size(); i++) {
                batch.copyEmbedding(i, embedding);
                CodecTexts.write(out, embedding, Form.BASE64);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("documents");
            for (int i = 0; i < batch.size(); i++) {
                out.writeString(batch.document(i));
            }
            out.writeEndArray();
            out.writeArrayFieldStart("metadatas");
            for (int i = 0; i < batch.size(); i++) {
                metadata(out, batch.metadata(i));
            }
            out.writeEndArray();
        }));
    }

    private static void metadata(JsonGenerator out, @Nullable Map<String, MetadataValue> metadata)
            throws IOException {
        if (metadata == null) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            switch (entry.getValue()) {
                case MetadataValue.Str text -> out.writeStringField(entry.getKey(), text.value());
                case MetadataValue.Int whole -> out.writeNumberField(entry.getKey(), whole.value());
                case MetadataValue.Float real -> out.writeNumberField(entry.getKey(), real.value());
                case MetadataValue.Bool flag -> out.writeBooleanField(entry.getKey(), flag.value());
                case MetadataValue.StrArray texts -> {
                    out.writeArrayFieldStart(entry.getKey());
                    for (String text : texts.values()) {
                        out.writeString(text);
                    }
                    out.writeEndArray();
                }
                default -> throw new IllegalArgumentException("no dataset has " + entry.getValue());
            }
        }
        out.writeEndObject();
    }

    private static byte[] json(Writing fields) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
