package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.OPTIONS;
import static io.forebay.etl.format.Reading.all;
import static io.forebay.etl.format.Reading.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files were written by pyarrow, with {@code make-parquet.py} beside them. */
class ParquetFormatTest {
    private static final int ROWS = 120;

    @TempDir
    Path folder;

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ParquetFormatTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    private Path file(String name) throws IOException {
        return Reading.write(folder, name, resource(name));
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static Object none(int i, int every, Object value) {
        return i % every == 3 ? null : value;
    }

    private static List<Object> numbers(int i) {
        return IntStream.range(0, 8).mapToObj(j -> (Object) (i + j / 8.0)).toList();
    }

    /** What the script says that row i has. */
    private static Map<String, Object> expected(int i, boolean int96) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", "doc-" + i);
        row.put("text", none(i, 5, "text " + i % 7 + " \u00fc\u20ac\ud83d\ude00"));
        row.put("i32", none(i, 7, i * 31L - 1000));
        row.put("i64", (i - 5) * 1_000_000_000_000L);
        row.put("u64", i == 1 ? (Object) 0x1p63 : (Object) (long) i);
        row.put("f32", i / 4.0);
        row.put("f64", none(i, 4, i / 3.0));
        row.put("f16", i / 2.0);
        row.put("flag", none(i, 6, i % 3 == 0));
        row.put("day", java.time.LocalDate.of(2024, 2, 28).plusDays(i).toString());
        java.time.LocalDateTime epoch = java.time.LocalDateTime.of(2024, 2, 28, 12, 0);
        row.put("moment", epoch.plusSeconds(i).toInstant(java.time.ZoneOffset.UTC).toString());
        row.put("local", epoch.plusNanos(i * 1_000_000L).toString());
        if (int96) {
            row.put("moment", epoch.plusSeconds(i).toString());
        }
        row.put("clock", java.time.LocalTime.of(1, 2, i % 60).toString());
        row.put("price", (i * 5 - 700) / 100.0);
        row.put("tags", none(i, 9, Arrays.asList(Arrays.copyOf(new Object[]{"t0", null, "t2"}, i % 4))));
        row.put("deep", IntStream.range(0, i % 3).mapToObj(j -> map("a", (long) i, "b",
                Arrays.asList((long) j, null))).toList());
        row.put("place", none(i, 8, map("x", (long) i, "y", i % 2 == 1 ? null : map("z", "q"))));
        row.put("map", i % 3 == 0 ? map() : i % 3 == 1 ? map("k", (long) i) : map("k", (long) i, "l", null));
        row.put("raw", null);
        row.put("uuid", new java.util.UUID(0, i).toString());
        row.put("embedding", none(i, 10, numbers(i)));
        row.put("doubles", numbers(i));
        row.put("fixed", numbers(i));
        return row;
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "zstd-v2", "gzip-plain", "lz4-large", "encodings"})
    void whatPyarrowWroteIsRead(String name) throws Exception {
        Path file = file(name + ".parquet");
        List<SourceItem> items = all(file, OPTIONS);
        assertThat(items).hasSize(ROWS);
        for (int i = 0; i < ROWS; i++) {
            assertThat(items.get(i).ordinal()).isEqualTo(i);
            assertThat(items.get(i).line()).isEqualTo(i + 1);
            assertThat(fields(items.get(i))).isEqualTo(expected(i, name.startsWith("lz4")));
        }
        assertThat(fields(items.get(0)).keySet()).containsExactlyElementsOf(expected(0, false).keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedding", "doubles", "fixed"})
    void listsOfNumbersAreVectors(String field) throws Exception {
        for (String name : List.of("snappy", "encodings", "lz4-large")) {
            List<SourceItem> items = all(file(name + ".parquet"), Reading.embedding(field));
            for (int i = 0; i < ROWS; i++) {
                float[] vector = (float[]) fields(items.get(i)).get(field);
                if (field.equals("embedding") && i % 10 == 3) {
                    assertThat(vector).isNull();
                } else {
                    assertThat(vector).containsExactly(i, i + 1 / 8f, i + 2 / 8f, i + 3 / 8f, i + 4 / 8f,
                            i + 5 / 8f,
                            i + 6 / 8f, i + 7 / 8f);
                }
            }
        }
    }

    @Test
    void rowsAreCountedAndSkipped() throws Exception {
        Path file = file("snappy.parquet");
        List<SourceItem> items = all(file, OPTIONS);
        for (int skip : new int[]{0, 1, 49, 50, 51, 100, 119, 120, 500}) {
            assertThat(all(file, null, OPTIONS, skip)).isEqualTo(items.subList(Math.min(skip, ROWS), ROWS));
        }
        try (DocumentSource source = Reading.open(file, null, OPTIONS, 0)) {
            assertThat(source.total()).isEqualTo(ROWS);
            long before = 0;
            for (int i = 0; i < ROWS; i++) {
                source.next();
                assertThat(source.bytesRead()).isGreaterThanOrEqualTo(before);
                before = source.bytesRead();
            }
            assertThat(source.next()).isNull();
            assertThat(source.bytesRead()).isEqualTo(Files.size(file));
        }
        assertThat(all(file("empty.parquet"), OPTIONS)).isEmpty();
    }

    @Test
    void aCompressedFileIsExpandedBesideItself() throws Exception {
        byte[] bytes = resource("snappy.parquet");
        List<SourceItem> items = all(file("snappy.parquet"), OPTIONS);
        assertThat(all(Reading.write(folder, "a.parquet.gz", Reading.gzip(bytes)), OPTIONS)).isEqualTo(items);
        assertThat(all(Reading.write(folder, "a.parquet.zst", Reading.zstd(bytes)), OPTIONS))
                .isEqualTo(items);
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("snappy.parquet",
                    "a.parquet.gz", "a.parquet.gz.expanded", "a.parquet.zst", "a.parquet.zst.expanded");
        }
    }

    @Test
    void aRowOverTheLimitIsBadAndTheNextIsRead() throws Exception {
        Path file = file("gzip-plain.parquet");
        List<SourceItem> whole = all(file, OPTIONS);
        List<SourceItem> items = all(file, Reading.limit(430));
        assertThat(items).hasSize(ROWS);
        int bad = 0;
        for (int i = 0; i < ROWS; i++) {
            if (items.get(i) instanceof SourceItem.Bad b) {
                assertThat(b.reason()).isEqualTo(
                        "row " + (i + 1) + " has more than 430 bytes (limit imports.max_document_bytes)");
                bad++;
            } else {
                assertThat(items.get(i)).isEqualTo(whole.get(i));
            }
        }
        assertThat(bad).isBetween(1, ROWS - 1);
    }

    @Test
    void damagedFilesAreRefused() throws Exception {
        byte[] good = resource("zstd-v2.parquet");
        assertUnreadable(Arrays.copyOf(good, good.length - 1), "does not end with PAR1");
        assertUnreadable(Arrays.copyOf(good, 9), "cut off");
        byte[] encrypted = good.clone();
        encrypted[good.length - 1] = 'E';
        assertUnreadable(encrypted, "it is encrypted");
        byte[] flipped = good.clone();
        flipped[good.length / 3] ^= 1;
        assertUnreadable(flipped, "checksum");
        byte[] footer = good.clone();
        footer[good.length - 6] = 0x7f;
        assertUnreadable(footer, "its footer would have");
    }

    private void assertUnreadable(byte[] bytes, String message) throws IOException {
        Path file = Reading.write(folder, "bad.parquet", bytes);
        assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("The Parquet file cannot be read").hasMessageContaining(message);
    }
}
