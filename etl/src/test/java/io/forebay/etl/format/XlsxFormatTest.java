package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.OPTIONS;
import static io.forebay.etl.format.Reading.all;
import static io.forebay.etl.format.Reading.fields;
import static io.forebay.etl.format.Reading.limit;
import static io.forebay.etl.format.Reading.reason;
import static io.forebay.etl.format.Reading.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.format.SourceItem.Bad;
import io.forebay.etl.format.SourceItem.Document;
import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XlsxFormatTest {
    @TempDir
    Path folder;

    /** A workbook by fastexcel: two sheets with rows, one that is empty. */
    static byte[] workbook(int rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Workbook workbook = new Workbook(bytes, "Test", "1.0")) {
            for (String name : List.of("One", "Empty", "Zw\u00f6lf & <more>")) {
                Worksheet sheet = workbook.newWorksheet(name);
                for (int row = 0; !name.equals("Empty") && row <= rows; row++) {
                    fill(sheet, row);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static void fill(Worksheet sheet, int row) {
        if (row == 0) {
            String[] header = {"id", "text", "whole", "real", "flag", "day", "moment", "v"};
            for (int i = 0; i < header.length; i++) {
                sheet.value(0, i, header[i]);
            }
        } else if (row % 7 != 5) {
            sheet.value(row, 0, "doc-" + row);
            sheet.value(row, 1, "line one\nline <two> & \u20ac\ud83d\ude00 " + row % 3);
            sheet.value(row, 2, row * 1_000);
            sheet.value(row, 3, row / 4.0 + 0.125);
            sheet.value(row, 4, row % 2 == 0);
            sheet.value(row, 5, LocalDate.of(2024, 2, 28).plusDays(row));
            sheet.style(row, 5).format("yyyy-MM-dd").set();
            sheet.value(row, 6, LocalDateTime.of(2024, 2, 28, 13, 14, 15));
            sheet.style(row, 6).format("yyyy-MM-dd H:mm:ss").set();
            sheet.value(row, 7, "[" + row + ", 2.5]");
        }
    }

    @Test
    void everySheetIsRead() throws Exception {
        Path file = write(folder, "a.xlsx", workbook(10));
        List<SourceItem> items = all(file, OPTIONS);
        assertThat(items).hasSize(18);
        assertThat(items).extracting(item -> ((Document) item).sheet()).startsWith("One")
                .endsWith("Zw\u00f6lf & <more>");
        assertThat(items).extracting(SourceItem::line).containsExactly(2L, 3L, 4L, 5L, 7L, 8L, 9L, 10L, 11L,
                2L,
                3L, 4L, 5L, 7L, 8L, 9L, 10L, 11L);
        Map<String, Object> expected = new HashMap<>(Map.of("id", "doc-2", "text",
                "line one\nline <two> & \u20ac\ud83d\ude00 2", "whole", 2_000L, "real", 0.625, "flag", true,
                "day",
                "2024-03-01", "moment", "2024-02-28T13:14:15", "v", "[2, 2.5]"));
        assertThat(fields(items.get(1))).isEqualTo(expected);
        expected.put("v", new float[]{2, 2.5f});
        assertThat(fields(all(file, Reading.embedding("v")).get(1))).usingRecursiveComparison()
                .isEqualTo(expected);
        for (int skip : new int[]{1, 9, 17, 18, 30}) {
            assertThat(all(file, null, OPTIONS, skip)).isEqualTo(items.subList(Math.min(18, skip), 18));
        }
        assertThat(all(write(folder, "a.xlsx.gz", Reading.gzip(workbook(10))), OPTIONS)).isEqualTo(items);
        try (DocumentSource source = Reading.open(file, null, OPTIONS, 17)) {
            source.next();
            assertThat(source.next()).isNull();
            assertThat(source.bytesRead()).isEqualTo(Files.size(file));
        }
    }

    @Test
    void sharedTextsCountAsReadBeforeTheFirstRow() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Workbook workbook = new Workbook(bytes, "Test", "1.0")) {
            Worksheet sheet = workbook.newWorksheet("One");
            sheet.value(0, 0, "text");
            for (int row = 1; row <= 200; row++) {
                sheet.value(row, 0, UUID.nameUUIDFromBytes(new byte[]{(byte) row}).toString());
            }
        }
        Path file = write(folder, "a.xlsx", bytes.toByteArray());
        try (DocumentSource source = Reading.open(file, null, OPTIONS, 0)) {
            assertThat(source.bytesRead()).isGreaterThan(Files.size(file) / 2);
            source.next();
            assertThat(source.bytesRead()).isBetween(Files.size(file) / 2, Files.size(file));
        }
    }

    /** A workbook by hand: one sheet, with what is given as its rows. */
    static byte[] workbook(String rows, String sharedStrings) throws IOException {
        String relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        Map<String, String> parts = new java.util.LinkedHashMap<>();
        parts.put("_rels/.rels",
                "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/>"
                        + "</Relationships>");
        parts.put("xl/workbook.xml",
                "<workbook xmlns:r=\"" + relations + "\"><sheets><sheet name=\"S\" sheetId=\"1\" "
                        + "r:id=\"r1\"/></sheets></workbook>");
        parts.put("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" "
                + "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"x/sharedStrings\" "
                + "Target=\"/xl/sharedStrings.xml\"/></Relationships>");
        parts.put("xl/sharedStrings.xml", "<sst>" + sharedStrings + "</sst>");
        parts.put("xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>");
        return zip(parts);
    }

    private static byte[] zip(Map<String, String> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> part : parts.entrySet()) {
                out.putNextEntry(new ZipEntry(part.getKey()));
                out.write(Reading.utf8(part.getValue()));
            }
        }
        return bytes.toByteArray();
    }

    private static final String HEADER = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>b</t></is>"
            + "</c></row>";
    private static final String SHARED = "<si><t>a</t></si><si><r><t>ri</t></r><r><t>ch_x000D_</t></r><rPh><t>no</t></rPh></si><si/>";

    @Test
    void cellsAreReadAsTheFormatSays() throws Exception {
        String rows = HEADER + "<row><c t=\"s\"><v>1</v></c><c t=\"str\"><f>1+1</f><v>two</v></c></row>"
                + "<row r=\"7\"><c r=\"B7\" t=\"e\"><v>#N/A</v></c><c r=\"A7\"><v>-1.5E3</v></c></row>"
                + "<row r=\"8\"><c r=\"A8\" t=\"s\"><v>2</v></c></row>"
                + "<row r=\"9\"><c r=\"B9\" t=\"b\"><v>1</v></c></row>"
                + "<row r=\"10\"><c r=\"A10\"><v>12345678901234567890</v></c></row>";
        List<SourceItem> items = all(write(folder, "a.xlsx", workbook(rows, SHARED)), OPTIONS);
        assertThat(items).extracting(SourceItem::line).containsExactly(2L, 7L, 9L, 10L);
        assertThat(fields(items.get(0))).isEqualTo(Map.of("a", "rich\r", "b", "two"));
        assertThat(fields(items.get(1))).containsEntry("a", -1_500L).containsEntry("b", null);
        assertThat(fields(items.get(2))).containsEntry("a", null).containsEntry("b", true);
        assertThat(fields(items.get(3))).containsEntry("a", 12345678901234567890d);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "<c r=\"A2\" t=\"s\"><v>2000000000</v></c> | a cell names the shared text 2000000000, there are 3",
            "<c r=\"A2\" t=\"s\"><v>-1</v></c>         | a cell names the shared text -1",
            "<c r=\"ZZZ2\"><v>1</v></c>                | has more than 16384 columns",
            "<c r=\"C2\"><v>1</v></c>                  | row 2 of sheet 'S' has 3 columns, the header has 2",
            "<c r=\"A2\"><v>x</v></c>                  | a cell should hold a number, and holds 'x'"})
    void aBadRowIsNamedAndTheNextIsRead(String cell, String message) throws Exception {
        String rows = HEADER + "<row r=\"2\">" + cell + "</row><row r=\"3\"><c><v>3</v></c></row>";
        List<SourceItem> items = all(write(folder, "a.xlsx", workbook(rows, SHARED)), OPTIONS);
        assertThat(items.get(0)).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.reason()).contains(message).startsWith("row 2 of sheet 'S'");
            assertThat(bad.line()).isEqualTo(2);
            assertThat(bad.sheet()).isEqualTo("S");
        });
        assertThat(fields(items.get(1))).containsEntry("a", 3L);
    }

    @Test
    void aRowOverTheLimitIsBadAndTheNextIsRead() throws Exception {
        String rows = HEADER + "<row r=\"2\">"
                + ("<c t=\"str\"><v>" + "x".repeat(990) + "</v></c>").repeat(1_000)
                + "</row><row r=\"3\"><c t=\"str\"><v>" + "y".repeat(1_000)
                + "</v></c></row>";
        List<SourceItem> items = all(write(folder, "a.xlsx", workbook(rows, SHARED)), limit(1_000));
        assertThat(reason(items.get(0)))
                .isEqualTo("row 2 of sheet 'S' has more than 1000 bytes (limit imports.max_document_bytes)");
        assertThat(fields(items.get(1)).get("a")).isEqualTo("y".repeat(1_000));
        for (String large : List.of("<row r=\"2\" x=\"" + "x".repeat(100_000) + "\"/>",
                "<row><c t=\"str\"><v>" + "x".repeat(100_000) + "</v></c></row>")) {
            assertThatThrownBy(
                    () -> all(write(folder, "a.xlsx", workbook(HEADER + large, SHARED)), limit(1_000)))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("Something in part xl/worksheets")
                    .hasMessageContaining("limit imports.max_document_bytes");
        }
    }

    @Test
    void aSheetWithAWrongHeaderIsOneBadItem() throws Exception {
        String twice = "<row r=\"3\"><c t=\"str\"><v>a</v></c><c t=\"str\"><v>a</v></c></row><row><c><v>1</v></c></row>";
        List<SourceItem> items = all(write(folder, "a.xlsx", workbook(twice, SHARED)), OPTIONS);
        assertThat(items).hasSize(1);
        assertThat(reason(items.get(0))).isEqualTo(
                "sheet 'S' is passed over: The header (row 3) has the name 'a' twice, the second time for column 2");
    }

    @Test
    void aZipBombIsRefusedBeforeItIsRead() throws Exception {
        Path file = folder.resolve("a.xlsx");
        bomb(file, "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + HEADER,
                "<row><c><v>1</v></c></row>", 70);
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("more than 200 times")
                .hasMessageContaining("limit imports.max_expanded_ratio");
    }

    @Test
    void aBombThatLiesAboutItsSizeIsStopped() throws Exception {
        Path file = folder.resolve("a.xlsx");
        bomb(file, "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + HEADER, " ".repeat(20), 70);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i + 46 < bytes.length; i++) { // sizes in the directory
            if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2) {
                Arrays.fill(bytes, i + 24, i + 28, (byte) 1);
                bytes[i + 27] = 0;
            }
        }
        Files.write(file, bytes);
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("limit imports.max_");
    }

    @Test
    void sharedTextsHaveALimit() throws Exception {
        Path file = folder.resolve("a.xlsx");
        bomb(file, "xl/sharedStrings.xml", "<sst>", "<si><t>a</t></si>", 46);
        FormatOptions wide = new FormatOptions(null, null, 1 << 20, 1_000_000);
        assertThatThrownBy(() -> all(file, wide)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("shared texts take more than 128 MiB");
    }

    private static void bomb(Path file, String part, String before, String repeated, int mebibytes)
            throws IOException {
        byte[] piece = Reading.utf8(repeated.repeat((1 << 20) / repeated.length()));
        try (OutputStream bytes = Files.newOutputStream(file);
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            try (java.util.zip.ZipInputStream honest = new java.util.zip.ZipInputStream(
                    new java.io.ByteArrayInputStream(workbook(HEADER, SHARED)))) {
                for (ZipEntry entry = honest.getNextEntry(); entry != null; entry = honest.getNextEntry()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    if (!entry.getName().equals(part)) {
                        honest.transferTo(out);
                        continue;
                    }
                    out.write(Reading.utf8(before));
                    for (int i = 0; i < mebibytes; i++) {
                        out.write(piece);
                    }
                }
            }
        }
    }

    @Test
    void whatIsNoWorkbookIsRefused() throws Exception {
        assertUnreadable(zip(Map.of("a.txt", "hello")), "it has no xl/workbook.xml");
        byte[] good = workbook(HEADER, SHARED);
        assertUnreadable(Arrays.copyOf(good, good.length - 3), "cut off");
        assertUnreadable(workbook(HEADER + "<row><c><v>1</c></row>", SHARED), "sheet 'S', behind row");
        assertUnreadable(workbook("<!DOCTYPE x [<!ENTITY a \"b\">]>" + HEADER, SHARED), "cannot be read");
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i <= XlsxFile.ENTRIES_MAX; i++) {
            many.put("p" + i, "");
        }
        assertUnreadable(zip(many), "it has 10001 entries, more than 10000");
        Path text = write(folder, "b.xlsx", "hello");
        assertThatThrownBy(() -> all(text, OPTIONS)).isInstanceOf(ForebayException.class);
    }

    private void assertUnreadable(byte[] bytes, String message) throws IOException {
        Path file = write(folder, "bad.xlsx", bytes);
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(message);
    }
}
