package io.forebay.etl.format;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a file's name says about it. */
final class FileNames {
    private static final Map<String, FileFormat> FORMATS = Map.of("jsonl", FileFormat.JSONL, "ndjson",
            FileFormat.JSONL, "json", FileFormat.JSON, "csv", FileFormat.CSV, "tsv", FileFormat.TSV, "xlsx",
            FileFormat.XLSX, "parquet", FileFormat.PARQUET, "npy", FileFormat.NPY, "fvecs", FileFormat.FVECS);
    private static final String KNOWN = ".jsonl, .ndjson, .json, .csv, .tsv, .xlsx, .parquet, .npy and .fvecs, each"
            + " also with .gz or .zst behind it";

    private FileNames() {}

    static DetectedFormat format(String fileName) {
        DetectedFormat found = find(fileName);
        if (found == null) {
            throw new ForebayException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The file name '" + shortened(fileName) + "' has no extension that is known: those are "
                            + KNOWN);
        }
        return found;
    }

    /** Null for an extension that is not known. */
    static @Nullable DetectedFormat find(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        Compression compression = name.endsWith(".gz")
                ? Compression.GZIP
                : name.endsWith(".zst") ? Compression.ZSTD : Compression.NONE;
        String inner = compression == Compression.NONE ? name : name.substring(0, name.lastIndexOf('.'));
        FileFormat format = FORMATS.get(inner.substring(inner.lastIndexOf('.') + 1));
        return format == null || inner.lastIndexOf('.') < 0 ? null : new DetectedFormat(format, compression);
    }

    static String shortened(String fileName) {
        return fileName.length() > 200 ? "…" + fileName.substring(fileName.length() - 199) : fileName;
    }
}
