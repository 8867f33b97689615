package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.gzip;
import static io.forebay.etl.format.Reading.utf8;
import static io.forebay.etl.format.Reading.write;
import static io.forebay.etl.format.Reading.zstd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectionTest {
    @TempDir
    Path folder;

    @Test
    void theExtensionSaysTheFormat() throws Exception {
        Path json = write(folder, "spool-1", " \n{\"a\":1}");
        assertThat(Formats.detect("x.JSONL", json, null, null))
                .isEqualTo(new DetectedFormat(FileFormat.JSONL, Compression.NONE));
        assertThat(Formats.detect("a.b.ndjson", json, null, null).format()).isEqualTo(FileFormat.JSONL);
        assertThat(Formats.detect("x.json", json, null, null).format()).isEqualTo(FileFormat.JSON);
        assertThat(Formats.detect("x.csv", json, null, null).format()).isEqualTo(FileFormat.CSV);
        assertThat(Formats.detect("x.tsv", json, null, null).format()).isEqualTo(FileFormat.TSV);
        assertThat(Formats.detect("x.csv.GZ", write(folder, "spool-2", gzip(utf8("a,b"))), null, null))
                .isEqualTo(new DetectedFormat(FileFormat.CSV, Compression.GZIP));
        assertThat(Formats.detect("x.json.zst", write(folder, "spool-3", zstd(utf8("[]"))), null, null))
                .isEqualTo(new DetectedFormat(FileFormat.JSON, Compression.ZSTD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.txt", "jsonl", "a.pdf.gz", "gz", ".gz", "a.xls", "a.csv.bz2", "a.", ""})
    void anUnknownExtensionIsNotSupported(String name) throws Exception {
        Path file = write(folder, "spool-1", "{}");
        assertThatThrownBy(() -> Formats.detect(name, file, null, null)).isInstanceOfSatisfying(
                ForebayException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
                    assertThat(e).hasMessageContaining("'" + name + "'").hasMessageContaining(".parquet")
                            .hasMessageContaining(".zst");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"a.jsonl|[{}]|begins with [",
            "a.jsonl|hello|begins with 'h'",
            "a.json|hello|should begin with [ or {", "a.jsonl|{\\0}|NUL bytes", "a.csv|a,b\\0|NUL bytes",
            "a.csv|  \\n\\n |is blank", "a.jsonl|\\n|is blank", "a.csv.gz|a,b|is not gzip",
            "a.jsonl.zst|{}|is not zstd", "a.xlsx|hello|is not an XLSX workbook", "a.parquet|hello|PAR1",
            "a.csv|``|is empty"})
    void contentThatIsNotWhatTheNameSaysIsRefused(String name, String content, String message)
            throws Exception {
        Path file = write(folder, "spool-1", content.replace("\\0", "\0").replace("\\n", "\n"));
        assertRefused(name, file, null, null, message);
    }

    private void assertRefused(String name, Path file, String sideName, Path side, String message) {
        assertThatThrownBy(() -> Formats.detect(name, file, sideName, side)).isInstanceOfSatisfying(
                ForebayException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
                    assertThat(e).hasMessageContaining(message);
                });
    }

    @Test
    void compressedContentIsLookedAtToo() throws Exception {
        assertRefused("a.csv.gz", write(folder, "1", gzip(new byte[0])), null, null, "is empty");
        assertRefused("a.json.gz", write(folder, "1", gzip(utf8("a,b"))), null, null, "is not JSON");
        assertRefused("a.csv.gz", write(folder, "1", new byte[]{0x1f, (byte) 0x8b, 8, 0}), null, null,
                "ends in the middle");
        assertRefused("a.csv.gz",
                write(folder, "1", new byte[]{0x1f, (byte) 0x8b, 9, 0, 0, 0, 0, 0, 0, 0, 0}),
                null, null, "gzip data is damaged");
        assertRefused("a.csv.gz", write(folder, "1", gzip(gzip(utf8("a,b")))), null, null, "NUL bytes");
    }

    @Test
    void onlyVectorsHaveASideFileAndTheyNeedIt() throws Exception {
        Path vectors = write(folder, "1", VectorFormatsTest.fvecs(new float[]{1, 2}));
        Path documents = write(folder, "2", "{}");
        assertThat(Formats.detect("a.fvecs", vectors, "b.jsonl", documents).format())
                .isEqualTo(FileFormat.FVECS);
        assertRefused("a.fvecs", vectors, null, null,
                "a side file (.jsonl, one document for each vector) is missing");
        assertRefused("a.jsonl", documents, "b.jsonl", documents, "a side file is only for .npy and .fvecs");
        assertRefused("a.fvecs", vectors, "b.csv", documents, "must be .jsonl or .ndjson");
        assertRefused("a.fvecs", vectors, "b.jsonl", write(folder, "3", "hello"),
                "'b.jsonl' is not JSON Lines");
        assertThatThrownBy(() -> Formats.detect("a.fvecs", vectors, "b.txt", documents))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
        assertRefused("a.npy", vectors, "b.jsonl", documents, "is not a NumPy array");
        assertRefused("a.fvecs", write(folder, "4", "hello world"), "b.jsonl", documents, "is not fvecs");
    }
}
