package io.forebay.etl.pipeline;

import io.forebay.etl.job.ImportSchema;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema with every field decided, from what was asked for and what the first documents have: the same for the same file,
 * so a job that is interrupted goes on with the same.
 *
 * @param metadataFields null for all others
 */
public record Mapping(List<String> textFields, @Nullable String idField, @Nullable Set<String> metadataFields,
        @Nullable String embeddingField) {
    /** So many documents are looked at. */
    static final int SAMPLE = 32;
    static final List<String> TEXTS = List.of("text", "document", "content", "body");
    static final String ID = "id";

    /**
     * @param known          the fields of the first documents
     * @param count          of these documents
     * @param embeddingField null when the vectors are not in the file
     * @throws ForebayException UNPROCESSABLE when a field that was named is in none of the documents, or no field is a text
     */
    static Mapping resolve(ImportSchema schema, @Nullable String embeddingField,
            Set<String> known, int count) {
        List<String> texts = schema.textFields();
        if (count > 0) {
            for (String field : named(schema)) {
                if (!known.contains(field)) {
                    throw unprocessable("The schema names the field [" + field + "], which none of the first "
                            + count + " documents has. They have: " + String.join(", ", known));
                }
            }
        }
        if (texts.isEmpty()) {
            texts = TEXTS.stream().filter(known::contains).limit(1).toList();
        }
        if (texts.isEmpty() && embeddingField == null && count > 0) {
            throw unprocessable("The schema names no text_fields, and the documents have none of "
                    + String.join(", ", TEXTS) + ". They have: " + String.join(", ", known));
        }
        String id = schema.idField() != null ? schema.idField() : known.contains(ID) ? ID : null;
        return new Mapping(texts, id,
                schema.metadataFields() == null ? null : Set.copyOf(schema.metadataFields()), embeddingField);
    }

    /** All fields that it names. */
    static List<String> named(ImportSchema schema) {
        List<String> named = new ArrayList<>(schema.textFields());
        add(named, schema.idField());
        add(named, schema.embeddingField());
        if (schema.metadataFields() != null) {
            named.addAll(schema.metadataFields());
        }
        return named;
    }

    private static void add(List<String> to, @Nullable String field) {
        if (field != null) {
            to.add(field);
        }
    }

    private static ForebayException unprocessable(String message) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, message);
    }

    boolean isMetadata(String field) {
        if (metadataFields != null) {
            return metadataFields.contains(field);
        }
        return !textFields.contains(field) && !field.equals(idField) && !field.equals(embeddingField);
    }
}
