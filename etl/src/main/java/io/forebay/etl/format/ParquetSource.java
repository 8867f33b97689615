package io.forebay.etl.format;

import io.forebay.etl.format.parquet.ParquetException;
import io.forebay.etl.format.parquet.ParquetLimits;
import io.forebay.etl.format.parquet.ParquetRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of a Parquet file. Embeddings are a list of floats or doubles, or text as in CSV. Not thread-safe. */
final class ParquetSource implements DocumentSource {
    private final ParquetRows rows;
    private final FormatOptions options;
    private long ordinal;

    ParquetSource(Path plain, FormatOptions options) throws IOException {
        this.options = options;
        try {
            rows = new ParquetRows(plain, options.embeddingField(), new ParquetLimits(
                    options.lineBytesMax(), options.expandedRatioMax(), ExpandedInput.FREE_BYTES));
        } catch (ParquetException e) {
            throw unreadable(e);
        }
    }

    private UnreadableFileException unreadable(ParquetException e) {
        String where = ordinal == 0 ? "" : " behind row " + ordinal;
        return new UnreadableFileException("The Parquet file cannot be read" + where + ": " + e.getMessage(),
                e);
    }

    void skip(long count) throws IOException {
        try {
            rows.skip(count);
            ordinal = Math.min(count, rows.total());
        } catch (ParquetException e) {
            throw unreadable(e);
        }
    }

    @Override
    public @Nullable SourceItem next() throws IOException {
        try {
            ParquetRows.Row row = rows.next();
            return row == null ? null : item(row, ordinal++);
        } catch (ParquetException e) {
            throw unreadable(e);
        }
    }

    private SourceItem item(ParquetRows.Row row, long number) {
        String place = "row " + (number + 1);
        if (row.tooLong()) {
            return new SourceItem.Bad(number, number + 1, null,
                    Limits.tooLong(place, options.lineBytesMax()));
        }
        String trouble = row.trouble();
        try {
            if (trouble == null) {
                giveVector(row.fields());
            }
        } catch (BadDocumentException e) {
            trouble = e.getMessage();
        }
        return trouble == null
                ? new SourceItem.Document(number, number + 1, null, row.fields(), row.bytes())
                : new SourceItem.Bad(number, number + 1, null, place + ": " + trouble);
    }

    private void giveVector(Map<String, @Nullable Object> fields) throws BadDocumentException {
        String field = options.embeddingField();
        if (field == null) {
            return;
        }
        Object value = fields.get(field);
        if (value instanceof float[] vector) {
            Floats.check(vector, field);
        } else if (value instanceof String text) {
            float[] vector = Floats.parse(text, field);
            fields.put(field, vector == null ? text : vector);
        } else if (value instanceof List<?> list && !list.isEmpty()
                && list.stream().allMatch(Number.class::isInstance)) {
            float[] vector = new float[list.size()];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = ((Number) list.get(i)).floatValue();
            }
            Floats.check(vector, field);
            fields.put(field, vector);
        }
    }

    @Override
    public long bytesRead() {
        return rows.bytesRead();
    }

    @Override
    public long total() {
        return rows.total();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
