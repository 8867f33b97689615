package io.forebay.etl.preview;

import io.forebay.etl.format.Compression;
import io.forebay.etl.format.DetectedFormat;
import io.forebay.etl.format.DocumentSource;
import io.forebay.etl.format.FileFormat;
import io.forebay.etl.format.FormatOptions;
import io.forebay.etl.format.Formats;
import io.forebay.etl.format.SourceItem;
import io.forebay.etl.format.UnreadableFileException;
import io.forebay.etl.job.ImportOptions;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds, by its first documents: read with the readers that an import uses, so that what is shown is what would
 * be imported.
 *
 * @param format      as an import calls it
 * @param compression null where there is none
 * @param documents   how many were looked at
 * @param fields      in the order in which they are met
 * @param rows        of the first documents: text, number, boolean or null by field; what is longer is cut, lists and maps
 *                    are text
 * @param errors      of places that are no document
 */
public record Preview(String format, @Nullable String compression, int documents, List<PreviewField> fields,
        List<Map<String, @Nullable Object>> rows, List<Trouble> errors) {
    public static final int ROWS_MAX = 100;
    private static final int LOOKED_AT_MAX = 200;

    /** @param where line or row, and sheet where there is one */
    public record Trouble(String where, String message) {}

    /**
     * @param charset   of text formats; null: UTF-8, or what a byte order mark says
     * @param truncated whether the file is only the beginning of one: then its last document may be cut, and is left out
     * @param rowsMax   so many rows at most
     * @throws ForebayException UNSUPPORTED_MEDIA_TYPE, UNPROCESSABLE: it is nothing that can be imported
     */
    public static Preview of(String fileName, Path file, @Nullable String charset, boolean truncated,
            int rowsMax, ImportOptions options) {
        Formats.checkName(fileName);
        try {
            DetectedFormat detected = Formats.detect(fileName, file, null, null);
            if (truncated
                    && (detected.format() == FileFormat.XLSX || detected.format() == FileFormat.PARQUET)) {
                throw refused("The first rows of a file of this format (" + name(detected.format())
                        + ") can be shown only if all of it is sent");
            }
            FormatOptions reading = new FormatOptions(FormatOptions.charset(charset), null,
                    options.lineBytesMax(), options.expandedRatioMax());
            try (DocumentSource source = Formats.open(detected, file, null, null, reading, 0)) {
                return read(detected, items(source, truncated), Math.min(rowsMax, ROWS_MAX));
            }
        } catch (UnreadableFileException unreadable) {
            throw refused(String.valueOf(unreadable.getMessage()));
        } catch (IOException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "The file cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static List<SourceItem> items(DocumentSource source, boolean truncated) throws IOException {
        List<SourceItem> items = new ArrayList<>();
        boolean ended = false;
        try {
            while (items.size() <= LOOKED_AT_MAX) {
                SourceItem item = source.next();
                if (item == null) {
                    ended = true;
                    break;
                }
                items.add(item);
            }
        } catch (UnreadableFileException end) {
            if (!truncated || items.isEmpty()) {
                throw end;
            }
            ended = true;
        }
        if (items.size() > LOOKED_AT_MAX || ended && truncated && !items.isEmpty()) {
            items.removeLast();
        }
        if (items.isEmpty()) {
            throw refused(truncated
                    ? "What was sent holds no whole document: send more of the file"
                    : "The file holds no documents");
        }
        return items;
    }

    private static Preview read(DetectedFormat detected, List<SourceItem> items, int rowsMax) {
        FieldSketch sketch = new FieldSketch();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<Trouble> errors = new ArrayList<>();
        int documents = 0;
        for (SourceItem item : items) {
            switch (item) {
                case SourceItem.Document document -> {
                    documents++;
                    sketch.add(document.fields());
                    if (rows.size() < rowsMax) {
                        rows.add(FieldSketch.row(document.fields()));
                    }
                }
                case SourceItem.Bad bad -> errors.add(new Trouble(
                        (bad.sheet() == null ? "" : bad.sheet() + ", ") + "line " + bad.line(),
                        bad.reason()));
            }
        }
        Compression compression = detected.compression();
        return new Preview(name(detected.format()),
                compression == Compression.NONE ? null : name(compression),
                documents, sketch.fields(), rows, errors);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static ForebayException refused(String message) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, message);
    }
}
