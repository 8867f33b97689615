package io.forebay.etl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.format.SourceItem;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportSchema;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransformerTest {
    private static SourceItem.Document document(Object... keysAndValues) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return new SourceItem.Document(0, 1, null, fields, 10);
    }

    private static Mapping mapping(ImportSchema schema, @Nullable String embeddingField,
            SourceItem.Document... documents) {
        FieldNames known = new FieldNames(schema);
        List.of(documents).forEach(known::add);
        return Mapping.resolve(schema, embeddingField, known.names(), known.documents());
    }

    private static Chunk transformed(ImportSchema schema, @Nullable String embeddingField, boolean typed,
            @Nullable String model, SourceItem.Document... documents) {
        Mapping mapping = mapping(schema, embeddingField, documents);
        Chunk chunk = new Chunk(new ArrayList<>(List.of(documents)), documents.length, 0, documents.length, 0,
                -1, 0, 0);
        new Transformer(mapping, typed, model).transform(chunk, 0, documents.length);
        return chunk;
    }

    private static Row row(SourceItem.Document document) {
        Chunk chunk = transformed(ImportSchema.DEFAULT, null, true, "m", document);
        assertThat(chunk.errors).isEmpty();
        return chunk.rows.getFirst();
    }

    @Test
    void textFieldsAreJoinedAndAllOtherFieldsAreMetadata() {
        ImportSchema schema = new ImportSchema(List.of("title", "section", "text"), null, null, null);
        Chunk chunk = transformed(schema, null, true, "m",
                document("id", "7", "title", "A", "section", "", "text", "b\nc", "pep", 8L, "share", 0.5,
                        "final",
                        true, "none", null, "tags", List.of("x", "y"), "more",
                        Map.of("k", List.of(1L, "z"))));
        Row row = chunk.rows.getFirst();
        assertThat(row.id).isEqualTo("7");
        assertThat(row.text).isEqualTo("A. b\nc");
        assertThat(row.metadata).containsExactly(Map.entry("pep", MetadataValue.of(8)),
                Map.entry("share", MetadataValue.of(0.5)), Map.entry("final", MetadataValue.TRUE),
                Map.entry("tags", new MetadataValue.StrArray(List.of("x", "y"))),
                Map.entry("more", MetadataValue.of("{\"k\":[1,\"z\"]}")));
    }

    @Test
    void aDocumentWithoutAnIdGetsAHashOfItsContent() {
        Row one = row(document("text", "a", "n", 1L));
        Row same = row(document("text", "a", "n", 1L));
        Row other = row(document("text", "a", "n", 2L));
        assertThat(one.id).matches("[0-9a-f]{32}").isEqualTo(same.id).isNotEqualTo(other.id);
        Chunk blank = transformed(ImportSchema.DEFAULT, null, true, "m", document("id", " ", "text", "a"));
        assertThat(blank.rows.getFirst().id).matches("[0-9a-f]{32}");
    }

    @Test
    void theSourceHashChangesWithTextMetadataVectorAndModel() {
        Row row = row(document("id", "1", "text", "a", "n", 1L));
        assertThat(row(document("id", "1", "n", 1L, "text", "a")).sourceHash).isEqualTo(row.sourceHash);
        assertThat(row(document("id", "1", "text", "b", "n", 1L)).sourceHash).isNotEqualTo(row.sourceHash);
        assertThat(row(document("id", "1", "text", "a", "n", 1.0)).sourceHash).isNotEqualTo(row.sourceHash);
        Row otherModel = transformed(ImportSchema.DEFAULT, null, true, "m2",
                document("id", "1", "text", "a", "n", 1L)).rows.getFirst();
        assertThat(otherModel.sourceHash).isNotEqualTo(row.sourceHash);
        Row given = transformed(ImportSchema.DEFAULT, "embedding", true, "m",
                document("id", "1", "text", "a", "n", 1L, "embedding", new float[]{1, 2})).rows.getFirst();
        assertThat(given.sourceHash).isNotEqualTo(row.sourceHash);
        assertThat(given.embedding).containsExactly(1, 2);
    }

    @Test
    void whatCannotBecomeARowIsTold() {
        ImportSchema schema = new ImportSchema(List.of("text"), "id", null, "v");
        Chunk chunk = transformed(schema, "v", true, null, document("id", "1", "text", "a"),
                document("id", "2", "text", "a", "v", "1 2"),
                document("id", "3", "text", "a", "v", new float[]{1, Float.NaN}),
                document("id", "4", "text", "a", "v", new float[]{1}, "$x", 1L),
                document("id", "5", "v", new float[]{1}));
        assertThat(chunk.errors).extracting(DocumentError::id).containsExactly("1", "2", "3", "4");
        assertThat(chunk.errors).extracting(DocumentError::reason).satisfiesExactly(
                r -> assertThat(r).contains("no vector in the field [v]"),
                r -> assertThat(r).contains("no array of numbers"), r -> assertThat(r).contains("NaN"),
                r -> assertThat(r).contains("[$x]"));
        assertThat(chunk.rows).singleElement().satisfies(row -> assertThat(row.text).isNull());
        Chunk textless = transformed(ImportSchema.DEFAULT, null, true, "m", document("text", "a"),
                document("text", "  "));
        assertThat(textless.errors).singleElement()
                .satisfies(e -> assertThat(e.reason()).contains("no text in text"));
    }

    @Test
    void aSchemaThatNamesWhatNoDocumentHasIsRefusedWithWhatTheyHave() {
        assertThatThrownBy(() -> mapping(new ImportSchema(List.of("body2"), null, null, null), null,
                document("text", "a", "pep", 1L))).isInstanceOf(ForebayException.class)
                .hasMessageContaining("[body2]").hasMessageContaining("text, pep");
        assertThatThrownBy(
                () -> mapping(ImportSchema.DEFAULT, null, document("abstract", "a")))
                .hasMessageContaining("abstract");
        assertThat(mapping(ImportSchema.DEFAULT, null, document("content", "a"))
                .textFields()).containsExactly("content");
    }

    @Test
    void ofManyOrLongNamesOnlyThoseAreKeptThatMatter() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("x".repeat(1 << 20), 1L);
        for (int i = 0; i < 10_000; i++) {
            fields.put("field" + i, i);
        }
        String long1 = "n".repeat(1_000);
        fields.put("text", "a");
        fields.put("id", "7");
        fields.put(long1, "b");
        SourceItem.Document wide = new SourceItem.Document(0, 1, null, fields, 10);
        Mapping all = mapping(new ImportSchema(List.of(), null, List.of(long1, "field9999"), null), null,
                wide);
        assertThat(all.textFields()).containsExactly("text");
        assertThat(all.idField()).isEqualTo("id");
        assertThatThrownBy(() -> mapping(new ImportSchema(List.of("body2"), null, null, null), null, wide))
                .isInstanceOf(ForebayException.class).hasMessageContaining("field7, ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(
                        FieldNames.NAMES_MAX * (FieldNames.NAME_LENGTH_MAX + 2) + 200));
    }

    @Test
    void valuesOfFormatsWithoutTypesAreGivenThem() {
        Chunk chunk = transformed(ImportSchema.DEFAULT, null, false, "m",
                document("text", "12", "n", "-5", "zip", "01234", "f", "1.50", "b", "true", "t", "1e400",
                        "big",
                        "12345678901234567890"));
        Row row = chunk.rows.getFirst();
        assertThat(row.text).isEqualTo("12");
        assertThat(row.metadata.values()).containsExactlyElementsOf(Arrays.asList(MetadataValue.of(-5),
                MetadataValue.of("01234"), MetadataValue.of(1.5), MetadataValue.TRUE,
                MetadataValue.of("1e400"),
                MetadataValue.of("12345678901234567890")));
    }

    @Test
    void sheetAndRowAreKeptAsMetadata() {
        SourceItem.Document document = new SourceItem.Document(4, 9, "Bugs", document("text", "a").fields(),
                5);
        assertThat(row(document).metadata).containsExactly(Map.entry("sheet", MetadataValue.of("Bugs")),
                Map.entry("row", MetadataValue.of(9)));
    }
}
