package io.forebay.etl.format;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.StringArrayHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of separated text under a header row. Values stay text, and what is empty is null: what is a number is for the schema
 * to say, because a file does not. The embedding column holds numbers between commas or spaces, in brackets or not.
 */
final class CsvSource implements DocumentSource {
    private final CsvRecords records;
    private final ExpandedInput file;
    private final CloseableIterator<String[]> parser;
    private final @Nullable String embeddingField;
    private final List<String> names;
    private long ordinal;

    /** @throws UnreadableFileException if the header is wrong */
    CsvSource(CsvRecords records, ExpandedInput file, char separator, FormatOptions options)
            throws IOException {
        this.records = records;
        this.file = file;
        embeddingField = options.embeddingField();
        int charactersMax = Math.min(options.lineBytesMax(), Integer.MAX_VALUE - (1 << 16));
        parser = CsvReader.builder().fieldSeparator(separator).maxBufferSize(charactersMax + (1 << 15))
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .build(StringArrayHandler.builder().maxFields(CsvRecords.COLUMNS_MAX)
                        .maxFieldSize(charactersMax).maxRecordSize(charactersMax).build(), records)
                .iterator();
        names = records.advance() ? header() : List.of();
    }

    private List<String> header() throws UnreadableFileException {
        String trouble = records.trouble();
        if (trouble != null) {
            throw new UnreadableFileException("The header cannot be read: " + trouble);
        }
        List<String> header = List.of(fields());
        Columns.check(header, "line " + records.line());
        return header;
    }

    void skip(long count) throws IOException {
        while (ordinal < count && records.advance()) {
            ordinal++;
        }
    }

    private String[] fields() throws UnreadableFileException {
        try {
            return parser.next();
        } catch (CsvParseException e) {
            throw new UnreadableFileException("line " + records.line() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public @Nullable SourceItem next() throws IOException {
        if (!records.advance()) {
            return null;
        }
        String trouble = records.trouble();
        if (trouble != null) {
            return bad(trouble);
        }
        String[] values = fields();
        if (values.length != names.size()) {
            return bad("line " + records.line() + " has " + values.length + " columns, the header has "
                    + names.size());
        }
        Map<String, @Nullable Object> fields = LinkedHashMap.newLinkedHashMap(values.length);
        try {
            for (int i = 0; i < values.length; i++) {
                fields.put(names.get(i), value(names.get(i), values[i]));
            }
        } catch (BadDocumentException e) {
            return bad("line " + records.line() + ": " + e.getMessage());
        }
        return new SourceItem.Document(ordinal++, records.line(), null, fields, records.bytes());
    }

    private @Nullable Object value(String name, String text) throws BadDocumentException {
        if (text.isEmpty()) {
            return null;
        }
        float[] vector = name.equals(embeddingField) ? Floats.parse(text, name) : null;
        return vector == null ? text : vector;
    }

    private SourceItem bad(String reason) {
        return new SourceItem.Bad(ordinal++, records.line(), null, reason);
    }

    @Override
    public long bytesRead() {
        return file.fileBytes();
    }

    @Override
    public long total() {
        return -1;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
