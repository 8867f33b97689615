package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.OPTIONS;
import static io.forebay.etl.format.Reading.all;
import static io.forebay.etl.format.Reading.fields;
import static io.forebay.etl.format.Reading.limit;
import static io.forebay.etl.format.Reading.reason;
import static io.forebay.etl.format.Reading.utf8;
import static io.forebay.etl.format.Reading.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.format.SourceItem.Bad;
import io.forebay.etl.format.SourceItem.Document;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFormatsTest {
    @TempDir
    Path folder;

    @Test
    void valuesHaveTheTypesOfJson() throws Exception {
        Path file = write(folder, "a.jsonl",
                "{\"s\":\"x\u00e9\ud83d\ude00\",\"i\":-7,\"big\":123456789012345678901,"
                        + "\"d\":1.5,\"e\":1e3,\"t\":true,\"n\":null,\"l\":[1,[\"a\",{}]],\"m\":{\"k\":{\"v\":2}},\"i\":8}");
        Map<String, Object> fields = fields(all(file, OPTIONS).get(0));
        assertThat(fields.keySet()).containsExactly("s", "i", "big", "d", "e", "t", "n", "l", "m");
        assertThat(fields).containsEntry("s", "x\u00e9\ud83d\ude00").containsEntry("i", 8L)
                .containsEntry("big", 123456789012345678901d).containsEntry("d", 1.5)
                .containsEntry("e", 1000.0).containsEntry("t", true).containsEntry("n", null)
                .containsEntry("l", List.of(1L, List.of("a", Map.of())))
                .containsEntry("m", Map.of("k", Map.of("v", 2L)));
    }

    @Test
    void theEmbeddingFieldIsFloats() throws Exception {
        Path file = write(folder, "a.jsonl", "{\"v\":[1,-0.5,3.25e2]}\n{\"v\":[1,\"x\",[2]]}\n{\"v\":7}\n"
                + "{\"v\":[1,1e39]}\n{\"v\":[]}\n{\"w\":{\"v\":[1]}}");
        List<SourceItem> items = all(file, Reading.embedding("v"));
        assertThat(fields(items.get(0)).get("v")).isEqualTo(new float[]{1, -0.5f, 325});
        assertThat(fields(items.get(1)).get("v")).isEqualTo(List.of(1.0, "x", List.of(2L)));
        assertThat(fields(items.get(2)).get("v")).isEqualTo(7L);
        assertThat(reason(items.get(3))).isEqualTo("line 4: component 1 of 'v' is Infinity as a float32");
        assertThat(fields(items.get(4)).get("v")).isEqualTo(new float[0]);
        assertThat(fields(items.get(5)).get("w")).isEqualTo(Map.of("v", List.of(1L)));
        assertThat(fields(all(file, OPTIONS).get(0)).get("v")).isEqualTo(List.of(1L, -0.5, 325.0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "[1]                    | line 4: not a JSON object", "7 | line 4: not a JSON object",
            "{\"a\":1} x            | line 4: not JSON: Unrecognized token 'x'",
            "{\"a\":1}{\"a\":2}     | line 4: goes on after its JSON object",
            "{\"a\":                | line 4: not JSON: Unexpected end-of-input",
            "{\"é\":1,nope}         | (column 8)", "{'a':1}               | line 4: not JSON"})
    void aBadLineIsNamedAndTheNextIsRead(String line, String message) throws Exception {
        Path file = write(folder, "a.jsonl", "{\"n\":1}\r\n\r\n \t\n" + line + "\n{\"n\":2}");
        List<SourceItem> items = all(file, OPTIONS);
        assertThat(items).hasSize(3);
        assertThat(items.get(0)).isInstanceOf(Document.class);
        assertThat(items.get(1)).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.line()).isEqualTo(4);
            assertThat(bad.ordinal()).isEqualTo(1);
            assertThat(bad.reason()).contains(message);
        });
        assertThat(items.get(2)).isInstanceOfSatisfying(Document.class, d -> {
            assertThat(d.line()).isEqualTo(5);
            assertThat(d.ordinal()).isEqualTo(2);
        });
    }

    @Test
    void deepNestingIsBad() throws Exception {
        Path file = write(folder, "a.jsonl", "{\"a\":" + "[".repeat(100_000) + "\n{\"a\":1}");
        List<SourceItem> items = all(file, OPTIONS);
        assertThat(reason(items.get(0))).contains("nesting depth (101) exceeds the maximum allowed (100");
        assertThat(fields(items.get(1))).isEqualTo(Map.of("a", 1L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"80", "c080", "c1bf", "e08080", "eda080", "f08080bf", "f4908080", "f5808080", "c3",
                    "e282", "ff"})
    void invalidUtf8IsBadForItsLineOnly(String hex) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(utf8("{\"a\":\"\u20ac\ud83d\ude00\"}\n{\"a\":\"é"));
        bytes.writeBytes(java.util.HexFormat.of().parseHex(hex));
        bytes.writeBytes(utf8("\"}\n{\"a\":\"z\"}\n"));
        List<SourceItem> items = all(write(folder, "a.jsonl", bytes.toByteArray()), OPTIONS);
        assertThat(fields(items.get(0))).isEqualTo(Map.of("a", "\u20ac\ud83d\ude00"));
        assertThat(reason(items.get(1))).isEqualTo("line 2: not valid UTF-8 (column 8)");
        assertThat(fields(items.get(2))).isEqualTo(Map.of("a", "z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void aByteOrderMarkSaysTheCharset(String charset) throws Exception {
        String text = "\ufeff{\"a\":\"gr\u00fc\u00df \ud800\udfff \u4e16\"}\n{\"a\":2}\n";
        Path lines = write(folder, "a.jsonl", text.getBytes(Charset.forName(charset)));
        Path array = write(folder, "a.json", text.replace("}\n{", "},{").replace("\ufeff", "\ufeff[")
                .replace("2}\n", "2}]").getBytes(Charset.forName(charset)));
        for (Path file : List.of(lines, array)) {
            List<SourceItem> items = all(file, OPTIONS);
            assertThat(fields(items.get(0))).isEqualTo(Map.of("a", "gr\u00fc\u00df \ud800\udfff \u4e16"));
            assertThat(items).hasSize(2);
        }
    }

    @Test
    void aCharsetIsTakenAsGiven() throws Exception {
        for (Charset charset : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16LE,
                StandardCharsets.UTF_16, Charset.forName("windows-1252"))) {
            Path file = write(folder, "a.jsonl",
                    "{\"a\":\"gr\u00fc\u00df\"}\n".repeat(5_000).getBytes(charset));
            List<SourceItem> items = all(file, new FormatOptions(charset, null, 100, 200));
            assertThat(items).hasSize(5_000).allSatisfy(item -> assertThat(fields(item)).isEqualTo(
                    Map.of("a", "gr\u00fc\u00df")));
        }
        Path half = write(folder, "a.jsonl", "{\"a\":1}\n{\"a\":\"\ud800\"}\n{\"a\":3}".getBytes(
                StandardCharsets.UTF_16LE));
        byte[] lone = java.nio.file.Files.readAllBytes(half);
        lone[28] = 0; // where the encoder put its replacement for the lone surrogate
        lone[29] = (byte) 0xd8;
        List<SourceItem> items = all(write(folder, "a.jsonl", lone),
                new FormatOptions(StandardCharsets.UTF_16LE, null, 100, 200));
        assertThat(items).extracting(item -> item instanceof Bad).containsExactly(false, true, false);
        assertThat(reason(items.get(1))).isEqualTo("line 2: not valid UTF-16LE (column 7)");
    }

    @Test
    void aLineOverTheLimitIsBadAndTheNextIsRead() throws Exception {
        for (int length : new int[]{60, 99, 100, 101, 102, 103, 5_000, 200_000}) {
            String line = "{\"a\":\"" + "x".repeat(length - 8) + "\"}";
            for (String newline : List.of("\n", "\r\n")) {
                Path file = write(folder, "a.jsonl",
                        "{\"n\":1}" + newline + line + newline + "{\"n\":3}" + newline
                                + line);
                List<SourceItem> items = all(file, limit(100));
                assertThat(items).extracting(SourceItem::line).containsExactly(1L, 2L, 3L, 4L);
                assertThat(items).extracting(item -> item instanceof Bad)
                        .containsExactly(false, length > 100, false, length > 100);
                if (length > 100) {
                    assertThat(reason(items.get(1)))
                            .isEqualTo("line 2 has more than 100 bytes (limit imports.max_document_bytes)");
                }
            }
        }
    }

    @Test
    void anArrayIsReadElementByElement() throws Exception {
        String text = "\n [ {\"a\":\"]},{\\\"\\\\\"} , {\"a\":\n[{}]},\n7, {\"a\" 1}, {\"a\":\""
                + "y".repeat(300)
                + "\"},{\"a\":3}\n]\n";
        List<SourceItem> items = all(write(folder, "a.json", text), limit(100));
        assertThat(items).hasSize(6);
        assertThat(fields(items.get(0))).isEqualTo(Map.of("a", "]},{\"\\"));
        assertThat(fields(items.get(1))).isEqualTo(Map.of("a", List.of(Map.of())));
        assertThat(reason(items.get(2))).isEqualTo("element 3 (line 4): not a JSON object");
        assertThat(reason(items.get(3))).startsWith("element 4 (line 4): not JSON: ");
        assertThat(reason(items.get(4)))
                .isEqualTo("element 5 (line 4) has more than 100 bytes (limit imports.max_document_bytes)");
        assertThat(fields(items.get(5))).isEqualTo(Map.of("a", 3L));
        assertThat(items).extracting(SourceItem::line).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(all(write(folder, "b.json", "[]"), OPTIONS)).isEmpty();
    }

    @Test
    void objectsOneAfterTheOtherAreReadToo() throws Exception {
        List<SourceItem> items = all(write(folder, "a.json", "{\n \"a\": 1\n}\n{\"a\":2}{\"a\":3}\n"),
                OPTIONS);
        assertThat(items).extracting(item -> fields(item).get("a")).containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "[{\"a\":1} {\"a\":2}]  | Line 1, behind element 1: there should be a comma or the end of the array, and is '{'",
            "[{\"a\":1},            | Line 1, behind element 1: it ends in the middle of the array",
            "[{\"a\":1},]           | Line 1, behind element 1: there should be an object, and is ']'",
            "[{\"a\":1}             | it ends in the middle of the array",
            "[{\"a\":1},{\"a\":     | it ends in the middle of the element that begins in line 1",
            "[{\"a\":1},{\"a        | it ends in the middle of a string of the element that begins in line 1",
            "[{\"a\":1}] x          | something follows the end of the array",
            "{\"a\":1},             | there should be an object, and is ','"})
    void aBrokenArrayEndsTheReading(String text, String message) throws Exception {
        Path file = write(folder, "a.json", text);
        List<SourceItem> read = new ArrayList<>();
        try (DocumentSource source = Reading.open(file, null, OPTIONS, 0)) {
            read.add(source.next());
            assertThatThrownBy(source::next).isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining(message);
        }
        assertThat(fields(read.get(0))).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void realDocumentsAreRead() throws Exception {
        Path file = Reading.data("peps-40509.jsonl.gz");
        DetectedFormat detected = Formats.detect("peps.jsonl.gz", file, null, null);
        assertThat(detected).isEqualTo(new DetectedFormat(FileFormat.JSONL, Compression.GZIP));
        try (DocumentSource source = Formats.open(detected, file, null, null, OPTIONS, 40_000)) {
            int count = 0;
            for (SourceItem item = source.next(); item != null; item = source.next()) {
                assertThat(item.ordinal()).isEqualTo(40_000 + count);
                assertThat(item.line()).isEqualTo(40_001 + count);
                assertThat(fields(item).get("text")).isInstanceOf(String.class);
                assertThat(fields(item).get("pep")).isInstanceOf(Long.class);
                count++;
            }
            assertThat(count).isEqualTo(509);
            assertThat(source.bytesRead()).isEqualTo(java.nio.file.Files.size(file));
            assertThat(Arrays.asList(source.total())).containsExactly(-1L);
        }
    }
}
