package io.forebay.etl.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.job.ImportOptions;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewTest {
    private static final ImportOptions OPTIONS = ImportOptions.defaults();

    @TempDir
    Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("spooled"), bytes);
    }

    private Preview preview(String name, String text, boolean truncated, int rows) throws IOException {
        return Preview.of(name, file(text.getBytes(StandardCharsets.UTF_8)), null, truncated, rows, OPTIONS);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void theCharsetIsTakenAsItIsTold() throws IOException {
        Path file = file("id,text\n1,größer\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Preview.of("a.csv", file, "windows-1252", false, 5, OPTIONS).rows().getFirst())
                .containsEntry("text", "größer");
        assertThatThrownBy(() -> Preview.of("a.csv", file, "klingon", false, 5, OPTIONS))
                .hasMessageContaining("charset [klingon] is not known");
    }

    @Test
    void fieldsAreTypedAndRowsShown() throws IOException {
        Preview preview = preview("a.jsonl", """
                {"id":"a","n":1,"x":1.5,"yes":true,"v":[1,2,3],"tags":["p","q"],"sub":{"k":1},"none":null}
                {"id":"b","n":2.5,"text":"only here"}
                """, false, 1);
        assertThat(preview.format()).isEqualTo("jsonl");
        assertThat(preview.compression()).isNull();
        assertThat(preview.documents()).isEqualTo(2);
        assertThat(preview.rows()).hasSize(1);
        assertThat(preview.rows().getFirst()).containsEntry("id", "a").containsEntry("n", 1L)
                .containsEntry("v", "[1, 2, 3]").containsEntry("none", null);
        assertThat(preview.fields()).extracting(PreviewField::name).containsExactly("id", "n", "x", "yes",
                "v",
                "tags", "sub", "none", "text");
        assertThat(preview.fields()).extracting(PreviewField::types).containsExactly(List.of("string"),
                List.of("integer", "number"), List.of("number"), List.of("boolean"), List.of("vector"),
                List.of("list"), List.of("map"), List.of(), List.of("string"));
        assertThat(preview.fields().getLast()).isEqualTo(
                new PreviewField("text", List.of("string"), 1, "only here"));
    }

    @Test
    void theCutDocumentAtTheEndOfABeginningIsLeftOut() throws IOException {
        String whole = "id,text\n1,one\n2,two\n3,three and more\n";
        for (int cut = whole.indexOf("2,") + 1; cut < whole.length(); cut++) {
            Preview preview = preview("a.csv", whole.substring(0, cut), true, 10);
            assertThat(preview.errors()).isEmpty();
            assertThat(preview.rows()).allSatisfy(row -> assertThat(row.get("text")).isIn("one", "two"));
        }
        assertThat(preview("a.csv", whole, false, 10).rows()).hasSize(3);
        assertThat(preview("a.json", "[{\"a\":1},{\"a\":2},{\"a", true, 10).rows()).isNotEmpty();
        assertThat(preview("a.jsonl", "{\"a\":1}\n{\"a\":2}\n{\"a", true, 10).errors()).isEmpty();
    }

    @Test
    void theBeginningOfAPackedFileIsEnough() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            lines.append("{\"id\":\"").append(i).append("\",\"text\":\"")
                    .append(Integer.toHexString(i * 7919))
                    .append("\"}\n");
        }
        byte[] packed = gzip(lines.toString().getBytes(StandardCharsets.UTF_8));
        Preview preview = Preview.of("a.jsonl.gz", file(Arrays.copyOf(packed, packed.length / 4)), null, true,
                20,
                OPTIONS);
        assertThat(preview.compression()).isEqualTo("gzip");
        assertThat(preview.rows()).hasSize(20);
        assertThat(preview.documents()).isEqualTo(200);
    }

    @Test
    void aWorkbookIsShownWholeOnly() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Workbook workbook = new Workbook(bytes, "test", "1.0")) {
            Worksheet sheet = workbook.newWorksheet("one");
            sheet.value(0, 0, "title");
            sheet.value(0, 1, "pages");
            sheet.value(1, 0, "A book");
            sheet.value(1, 1, 12);
        }
        Preview preview = Preview.of("a.xlsx", file(bytes.toByteArray()), null, false, 5, OPTIONS);
        assertThat(preview.rows()).hasSize(1);
        assertThat(preview.rows().getFirst()).containsEntry("title", "A book");
        assertThatThrownBy(() -> Preview.of("a.xlsx", file(bytes.toByteArray()), null, true, 5, OPTIONS))
                .isInstanceOf(ForebayException.class).hasMessageContaining("only if all of it is sent");
    }

    @Test
    void whatIsNoDocumentIsToldWithItsLine() throws IOException {
        Preview preview = preview("a.jsonl", "{\"a\":1}\nnonsense\n{\"a\":2}\n", false, 10);
        assertThat(preview.rows()).hasSize(2);
        assertThat(preview.errors()).hasSize(1);
        assertThat(preview.errors().getFirst().where()).isEqualTo("line 2");
    }

    @Test
    void longValuesAreCutAndNeverInACharacter() throws IOException {
        String long1 = "x".repeat(499) + "😀" + "y".repeat(600);
        Preview preview = preview("a.jsonl", "{\"t\":\"" + long1 + "\"}\n", false, 1);
        assertThat(preview.rows().getFirst().get("t")).isEqualTo("x".repeat(499) + "…");
    }

    @Test
    void whatCannotBeImportedIsRefusedWithTheReason() {
        assertThatThrownBy(() -> preview("a.pdf", "x", false, 1)).isInstanceOfSatisfying(
                ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
        assertThatThrownBy(() -> preview("a.json", "x", false, 1)).isInstanceOfSatisfying(
                ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE));
        assertThatThrownBy(() -> preview("a.csv", "id,text\n", false, 1)).isInstanceOf(ForebayException.class)
                .hasMessageContaining("no documents");
        assertThatThrownBy(() -> preview("a.jsonl", "{\"t\":\"" + "x".repeat(2000), true, 1))
                .isInstanceOf(ForebayException.class).hasMessageContaining("no whole document");
    }
}
