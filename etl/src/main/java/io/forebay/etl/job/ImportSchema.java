package io.forebay.etl.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fields become a record.
 *
 * @param textFields     joined by ". " they are the document; empty: {@code text}, {@code document}, {@code content} or
 *                       {@code body}, whichever the first document has
 * @param idField        null: {@code id} where the first document has it; a document without a value gets a hash of its
 *                       content
 * @param metadataFields null: all that are not text, id or embedding
 * @param embeddingField null: {@code embedding} where no model is to be asked
 */
public record ImportSchema(List<String> textFields, @Nullable String idField,
        @Nullable List<String> metadataFields, @Nullable String embeddingField) {
    public static final ImportSchema DEFAULT = new ImportSchema(List.of(), null, null, null);

    public ImportSchema {
        textFields = List.copyOf(textFields);
        metadataFields = metadataFields == null ? null : List.copyOf(metadataFields);
    }
}
