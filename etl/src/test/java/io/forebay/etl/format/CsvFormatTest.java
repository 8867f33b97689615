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
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFormatTest {
    @TempDir
    Path folder;

    private static Map<String, Object> row(String... pairs) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            row.put(pairs[i], pairs[i + 1]);
        }
        return row;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void quotedFieldsHoldNewlinesSeparatorsAndQuotes(String newline) throws Exception {
        String text = ("id,text,note\n1,\"a\nb, \"\"c\"\"\",\n\n2,5\" pipe,\"\"\n3,  x ,\"y\"").replace("\n",
                newline);
        List<SourceItem> items = all(write(folder, "a.csv", text), OPTIONS);
        assertThat(items).extracting(SourceItem::line).containsExactly(2L, 5L, 6L);
        assertThat(items).extracting(SourceItem::ordinal).containsExactly(0L, 1L, 2L);
        assertThat(fields(items.get(0)))
                .isEqualTo(row("id", "1", "text", "a" + newline + "b, \"c\"", "note", null));
        assertThat(fields(items.get(1))).isEqualTo(row("id", "2", "text", "5\" pipe", "note", null));
        assertThat(fields(items.get(2))).isEqualTo(row("id", "3", "text", "  x ", "note", "y"));
        assertThat(fields(items.get(0)).keySet()).containsExactly("id", "text", "note");
    }

    @Test
    void tabsSeparateInTsv() throws Exception {
        List<SourceItem> items = all(write(folder, "a.tsv", "id\ttext\n1\ta, b\n2\t\"c\td\"\n"), OPTIONS);
        assertThat(fields(items.get(0))).isEqualTo(row("id", "1", "text", "a, b"));
        assertThat(fields(items.get(1))).isEqualTo(row("id", "2", "text", "c\td"));
    }

    @Test
    void theEmbeddingColumnIsFloats() throws Exception {
        String text = "id,v\n1,\"[1, -2.5,3e1]\"\n2,\"1,2\"\n3,1 2  3\n4,\n5,none\n6,[]\n7,\"[1,1e99]\"\n";
        List<SourceItem> items = all(write(folder, "a.csv", text), Reading.embedding("v"));
        assertThat(fields(items.get(0)).get("v")).isEqualTo(new float[]{1, -2.5f, 30});
        assertThat(fields(items.get(1)).get("v")).isEqualTo(new float[]{1, 2});
        assertThat(fields(items.get(2)).get("v")).isEqualTo(new float[]{1, 2, 3});
        assertThat(fields(items.get(3)).get("v")).isNull();
        assertThat(fields(items.get(4)).get("v")).isEqualTo("none");
        assertThat(fields(items.get(5)).get("v")).isEqualTo("[]");
        assertThat(reason(items.get(6))).isEqualTo("line 8: component 1 of 'v' is Infinity as a float32");
    }

    @Test
    void raggedRowsAreBadAndTheRestIsRead() throws Exception {
        List<SourceItem> items = all(write(folder, "a.csv", "a,b\n1\n1,2,3\n1,2\n\"x\n\",\"\ny\",z\n3,4"),
                OPTIONS);
        assertThat(items).extracting(item -> item instanceof Bad).containsExactly(true, true, false, true,
                false);
        assertThat(reason(items.get(0))).isEqualTo("line 2 has 1 columns, the header has 2");
        assertThat(reason(items.get(1))).isEqualTo("line 3 has 3 columns, the header has 2");
        assertThat(reason(items.get(3))).isEqualTo("line 5 has 3 columns, the header has 2");
        assertThat(items.get(4).line()).isEqualTo(8);
    }

    @Test
    void wrongQuotesAreBadAndTheRestIsRead() throws Exception {
        List<SourceItem> items = all(write(folder, "a.csv", "a,b\n1,\"x\"y\n2,3\n4,\"open\n5,6\n"), OPTIONS);
        assertThat(items).hasSize(3);
        assertThat(reason(items.get(0)))
                .startsWith("line 2: in column 2 something follows the closing quote");
        assertThat(fields(items.get(1))).isEqualTo(row("a", "2", "b", "3"));
        assertThat(reason(items.get(2))).isEqualTo("line 4: a quote is opened and never closed");
    }

    @Test
    void aRowOverTheLimitIsBadAndTheNextIsRead() throws Exception {
        for (int length : new int[]{95, 96, 97, 98, 99, 40_000, 300_000}) {
            String text = "a,b\n1," + "x".repeat(length) + "\n2,\"" + "\n,".repeat(length / 2) + "\"\r\n3,ok";
            List<SourceItem> items = all(write(folder, "a.csv", text), limit(98));
            assertThat(items).extracting(item -> item instanceof Bad).containsExactly(length > 96,
                    length / 2 * 2 > 94, false);
            assertThat(items).extracting(SourceItem::line).containsExactly(2L, 3L, 4L + length / 2);
            if (length > 96) {
                assertThat(reason(items.get(0)))
                        .isEqualTo("line 2 has more than 98 bytes (limit imports.max_document_bytes)");
            }
        }
    }

    @Test
    void tooManyColumnsAreBad() throws Exception {
        List<SourceItem> items = all(write(folder, "a.csv", "a,b\n" + ",".repeat(20_000) + "\n1,2\n"),
                OPTIONS);
        assertThat(reason(items.get(0))).isEqualTo("line 2 has more than 16384 columns");
        assertThat(fields(items.get(1))).isEqualTo(row("a", "1", "b", "2"));
    }

    @Test
    void invalidBytesAreBadForTheirRowOnly() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(Reading.utf8("a,b\n\u20ac,\ud800\udfff\n1,\"\n"));
        bytes.write(0xe9);
        bytes.writeBytes(Reading.utf8("\"\n3,\ufffd\n"));
        List<SourceItem> items = all(write(folder, "a.csv", bytes.toByteArray()), OPTIONS);
        assertThat(fields(items.get(0))).isEqualTo(row("a", "\u20ac", "b", "\ud800\udfff"));
        assertThat(reason(items.get(1))).isEqualTo("line 4 has bytes that the charset does not have");
        assertThat(items.get(1).line()).isEqualTo(3);
        assertThat(fields(items.get(2))).isEqualTo(row("a", "3", "b", "\ufffd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "ISO-8859-1", "windows-1252", "UTF-16"})
    void anyCharsetIsRead(String name) throws Exception {
        Charset charset = Charset.forName(name);
        String text = "id,text\n" + "1,gr\u00fc\u00df\n".repeat(10_000);
        Path given = write(folder, "given.csv", text.getBytes(charset));
        if (name.startsWith("UTF-32")) { // only a mark tells it from a binary file
            Files.write(given, ("\ufeff" + text).getBytes(charset));
        }
        List<SourceItem> items = all(given, new FormatOptions(charset, null, 1_000, 200));
        assertThat(items).hasSize(10_000)
                .allSatisfy(item -> assertThat(fields(item))
                        .isEqualTo(Map.of("id", "1", "text", "gr\u00fc\u00df")));
        if (name.startsWith("UTF-") && !name.equals("UTF-16")) {
            Path marked = write(folder, "marked.csv", ("\ufeff" + text).getBytes(charset));
            assertThat(all(marked, OPTIONS)).isEqualTo(items);
            assertThat(all(marked, new FormatOptions(charset, null, 1_000, 200))).isEqualTo(items);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "a,b,a\\n1,2,3 | The header (line 1) has the name 'a' twice, the second time for column 3",
            "a,,b\\n1,2,3  | The header (line 1) has no name for column 2",
            "a,\"b\"c\\n   | The header cannot be read: line 1: in column 2 something follows the closing quote"})
    void aWrongHeaderIsAWrongFile(String text, String message) throws Exception {
        Path file = write(folder, "a.csv", text.replace("\\n", "\n"));
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aHeaderAloneHasNoDocuments() throws Exception {
        assertThat(all(write(folder, "a.csv", "a,b"), OPTIONS)).isEmpty();
        assertThat(all(write(folder, "a.csv", "\n\na,b\r\n\r\n"), OPTIONS)).isEmpty();
    }

    @Test
    void utf16WithoutAMarkNeedsItsCharset() throws Exception {
        Path file = write(folder, "a.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("NUL character").hasMessageContaining("charset");
    }
}
