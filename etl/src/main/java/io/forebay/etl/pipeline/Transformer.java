package io.forebay.etl.pipeline;

import io.forebay.etl.format.SourceItem;
import io.forebay.etl.job.DocumentError;
import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents into rows. Immutable; any number of threads.
 *
 * @param typed     whether the format has types (not CSV, TSV)
 * @param model     makes the vectors that are not in the file; null when all must be
 */
record Transformer(Mapping mapping, boolean typed, @Nullable String model) {
    private static final String SHEET = "sheet";
    private static final String ROW = "row";
    private static final int HASH_ID_BYTES = 16;

    /** Of the chunk's items those of these numbers. */
    void transform(Chunk chunk, int from, int to) {
        MessageDigest digest = Sha256.digest();
        for (SourceItem item : chunk.items.subList(from, to)) {
            switch (item) {
                case SourceItem.Bad bad -> chunk.errors
                        .add(new DocumentError(bad.ordinal(), bad.line(), bad.sheet(), null, bad.reason()));
                case SourceItem.Document document -> {
                    try {
                        chunk.rows.add(row(document, digest));
                    } catch (BadRowException bad) {
                        chunk.errors.add(new DocumentError(document.ordinal(), document.line(),
                                document.sheet(), id(document), String.valueOf(bad.getMessage())));
                    }
                }
            }
        }
    }

    private Row row(SourceItem.Document document, MessageDigest digest) throws BadRowException {
        String text = text(document.fields());
        float[] embedding = embedding(document.fields());
        if (embedding == null && model == null) {
            throw new BadRowException("it has no vector in the field [" + mapping.embeddingField()
                    + "], and no model is asked for one");
        }
        if (embedding == null && text == null) {
            throw new BadRowException(
                    "it has no text in " + String.join(", ", mapping.textFields()));
        }
        Map<String, MetadataValue> metadata = metadata(document);
        byte[] content = content(digest, text, metadata, embedding, "");
        String id = id(document);
        if (id == null) {
            id = HexFormat.of().formatHex(content, 0, HASH_ID_BYTES);
        }
        byte[] source = content(digest, text, metadata, embedding,
                embedding == null && model != null ? model : "");
        return new Row(document.ordinal(), document.line(), document.sheet(), id, text, metadata, source,
                embedding);
    }

    private @Nullable String id(SourceItem.Document document) {
        return mapping.idField() == null ? null : Values.text(document.fields().get(mapping.idField()));
    }

    private @Nullable String text(Map<String, @Nullable Object> fields) {
        if (mapping.textFields().size() == 1) {
            return Values.text(fields.get(mapping.textFields().getFirst()));
        }
        StringBuilder joined = new StringBuilder();
        for (String field : mapping.textFields()) {
            String part = Values.text(fields.get(field));
            if (part != null) {
                joined.append(joined.isEmpty() ? "" : ". ").append(part);
            }
        }
        return joined.isEmpty() ? null : joined.toString();
    }

    private float @Nullable [] embedding(Map<String, @Nullable Object> fields) throws BadRowException {
        String field = mapping.embeddingField();
        Object value = field == null ? null : fields.get(field);
        if (value == null) {
            return null;
        }
        if (!(value instanceof float[] embedding) || embedding.length == 0) {
            throw new BadRowException("its field [" + field + "] is no array of numbers");
        }
        for (float component : embedding) {
            if (!Float.isFinite(component)) {
                throw new BadRowException(
                        "the vector in its field [" + field + "] has a NaN or an infinity");
            }
        }
        return embedding;
    }

    private Map<String, MetadataValue> metadata(SourceItem.Document document) throws BadRowException {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> field : document.fields().entrySet()) {
            if (mapping.isMetadata(field.getKey())) {
                MetadataValue value = Values.metadata(field.getValue(), typed);
                if (value != null) {
                    metadata.put(key(field.getKey()), value);
                }
            }
        }
        if (document.sheet() != null) {
            metadata.putIfAbsent(SHEET, MetadataValue.of(document.sheet()));
            metadata.putIfAbsent(ROW, MetadataValue.of(document.line()));
        }
        return metadata;
    }

    private static String key(String field) throws BadRowException {
        if (field.isEmpty() || field.charAt(0) == '#' || field.charAt(0) == '$') {
            throw new BadRowException("its field [" + field
                    + "] cannot be a metadata key: keys have a first character, which is not # or $");
        }
        return field;
    }

    /** Of all that the row is made from, in a form in which different contents differ. */
    private static byte[] content(MessageDigest digest, @Nullable String text,
            Map<String, MetadataValue> metadata, float @Nullable [] embedding, String model) {
        part(digest, model.getBytes(StandardCharsets.UTF_8));
        part(digest, text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) (text == null ? 0 : 1));
        part(digest, MetadataCodec.encode(new TreeMap<>(metadata)));
        if (embedding != null) {
            ByteBuffer floats = ByteBuffer.allocate(4 * embedding.length).order(ByteOrder.LITTLE_ENDIAN);
            floats.asFloatBuffer().put(embedding);
            part(digest, floats.array());
        }
        return digest.digest();
    }

    private static void part(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
