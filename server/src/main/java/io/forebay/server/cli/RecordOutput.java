package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.client.dataset.JsonMetadata;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records as lines of JSON, as {@code forebay load} takes them, and as cells of a table. */
final class RecordOutput {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int CELL_CHARS_MAX = 500;
    private static final int COMPONENTS_SHOWN = 4;

    private RecordOutput() {}

    /** Fields that the record does not have are left out. */
    static void fields(StoredRecord record, JsonGenerator json) throws IOException {
        json.writeStringField("id", record.id());
        float[] embedding = record.embedding();
        if (embedding != null) {
            json.writeArrayFieldStart("embedding");
            for (float component : embedding) {
                json.writeNumber(component);
            }
            json.writeEndArray();
        }
        if (record.document() != null) {
            json.writeStringField("document", record.document());
        }
        Map<String, MetadataValue> metadata = record.metadata();
        if (metadata != null) {
            json.writeFieldName("metadata");
            JsonMetadata.write(metadata, json);
        }
        if (record.uri() != null) {
            json.writeStringField("uri", record.uri());
        }
    }

    static String text(@Nullable Map<String, MetadataValue> metadata) {
        if (metadata == null) {
            return "-";
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            JsonMetadata.write(metadata, json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return cut(text.toString());
    }

    static List<TextTable.Column> columns(Set<Include> include) {
        List<TextTable.Column> columns = new ArrayList<>(List.of(TextTable.Column.whole("id")));
        for (Include field : List.of(Include.DOCUMENTS, Include.METADATAS, Include.URIS,
                Include.EMBEDDINGS)) {
            if (include.contains(field)) {
                columns.add(TextTable.Column.text(switch (field) {
                    case DOCUMENTS -> "document";
                    case METADATAS -> "metadata";
                    case URIS -> "uri";
                    default -> "embedding";
                }));
            }
        }
        return columns;
    }

    static List<String> cells(StoredRecord record, Set<Include> include) {
        List<String> cells = new ArrayList<>(List.of(record.id()));
        if (include.contains(Include.DOCUMENTS)) {
            cells.add(record.document() == null ? "-" : cut(record.document()));
        }
        if (include.contains(Include.METADATAS)) {
            cells.add(text(record.metadata()));
        }
        if (include.contains(Include.URIS)) {
            cells.add(record.uri() == null ? "-" : record.uri());
        }
        if (include.contains(Include.EMBEDDINGS)) {
            cells.add(text(record.embedding()));
        }
        return cells;
    }

    private static String text(float @Nullable [] embedding) {
        if (embedding == null) {
            return "-";
        }
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < Math.min(COMPONENTS_SHOWN, embedding.length); i++) {
            text.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%.4g", embedding[i]));
        }
        return text + (embedding.length > COMPONENTS_SHOWN ? " ... " + embedding.length + "]" : "]");
    }

    /** A table is no place for a whole book. */
    private static String cut(String text) {
        return text.length() <= CELL_CHARS_MAX ? text : text.substring(0, CELL_CHARS_MAX) + "...";
    }

    /** @param names as {@code documents,metadatas}; null for the usual ones */
    static Set<Include> include(@Nullable List<String> names, boolean isQuery) {
        Set<Include> include = EnumSet.noneOf(Include.class);
        if (names == null) {
            include.addAll(List.of(Include.DOCUMENTS, Include.METADATAS));
        } else {
            for (String name : names) {
                include.add(include(name.strip()));
            }
        }
        if (isQuery) {
            include.add(Include.DISTANCES);
        }
        return include;
    }

    private static Include include(String name) {
        for (Include field : Include.values()) {
            if (field.wireName().equalsIgnoreCase(name)) {
                return field;
            }
        }
        throw new CommandException("--include has '" + name
                + "', must be of documents, metadatas, embeddings, uris, distances");
    }
}
