package io.forebay.etl.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of every sheet of a workbook. The first row of a sheet that has a value names its columns; a sheet whose
 * header is wrong is one bad item, and the sheets behind it are read. Whole numbers are Long, others Double; what a
 * cell shows as a date or time is ISO text; errors such as {@code #N/A} are null.
 *
 * <p>This is our own reader on an XML stream, because the usual ones trust the file: a shared text with a number that
 * does not exist, or a cell in a column that cannot be, makes them fill the memory.
 *
 * <p>Not thread-safe.
 */
final class XlsxSource implements DocumentSource {
    private final XlsxFile file;
    private final long size;
    private final @Nullable String embeddingField;
    private final int lineBytesMax;
    private final Workbook workbook;
    private final Iterator<Workbook.Sheet> sheets;
    private String sheet = "";
    private @Nullable SheetRows rows;
    private List<String> names = List.of();
    private long ordinal;
    private long fileBytesBefore;
    private volatile long fileBytes;

    XlsxSource(XlsxFile file, long size, FormatOptions options) throws IOException {
        this.file = file;
        this.size = size;
        embeddingField = options.embeddingField();
        lineBytesMax = options.lineBytesMax();
        workbook = Workbook.read(file, lineBytesMax);
        sheets = workbook.sheets().iterator();
        fileBytesBefore = Math.max(0, size - workbook.sheetBytes());
        fileBytes = fileBytesBefore;
    }

    void skip(long count) throws IOException {
        while (ordinal < count && next() != null) {
            continue;
        }
    }

    @Override
    public @Nullable SourceItem next() throws IOException {
        while (true) {
            SheetRows at = rows;
            if (at == null) {
                if (!sheets.hasNext()) {
                    fileBytes = size;
                    return null;
                }
                SourceItem wrong = beginSheet(sheets.next());
                if (wrong != null) {
                    return wrong;
                }
            } else if (at.next()) {
                fileBytes = fileBytesBefore + at.fileBytes();
                return item(at);
            } else {
                endSheet();
            }
        }
    }

    private void endSheet() throws IOException {
        if (rows != null) {
            fileBytesBefore += rows.fileBytes();
            rows.close();
            rows = null;
        }
    }

    private @Nullable SourceItem beginSheet(Workbook.Sheet next) throws IOException {
        sheet = next.name();
        if (next.part() == null) {
            return bad(1, "sheet '" + sheet + "' has no part in the workbook");
        }
        SheetRows opened = new SheetRows(file, workbook, sheet, next.part(), lineBytesMax);
        rows = opened;
        if (!opened.next()) {
            endSheet();
            return null;
        }
        String trouble = opened.trouble() == null ? header(opened) : opened.trouble();
        if (trouble == null) {
            return null;
        }
        SourceItem wrong = bad(opened.row(), "sheet '" + sheet + "' is passed over: " + trouble);
        endSheet();
        return wrong;
    }

    /** Takes the names; what is wrong with them, or null. */
    private @Nullable String header(SheetRows at) {
        List<String> header = new ArrayList<>();
        for (Object cell : at.cells()) {
            header.add(cell == null ? "" : cell.toString());
        }
        names = header;
        try {
            Columns.check(header, "row " + at.row());
            return null;
        } catch (UnreadableFileException e) {
            return e.getMessage();
        }
    }

    private SourceItem item(SheetRows at) {
        String trouble = at.trouble();
        if (trouble != null) {
            return bad(at.row(), trouble);
        }
        String place = "row " + at.row() + " of sheet '" + sheet + "'";
        List<@Nullable Object> cells = at.cells();
        if (cells.size() > names.size()) {
            return bad(at.row(), place + " has " + cells.size() + " columns, the header has " + names.size());
        }
        Map<String, @Nullable Object> fields = LinkedHashMap.newLinkedHashMap(names.size());
        try {
            for (int i = 0; i < names.size(); i++) {
                fields.put(names.get(i), field(names.get(i), i < cells.size() ? cells.get(i) : null));
            }
        } catch (BadDocumentException e) {
            return bad(at.row(), place + ": " + e.getMessage());
        }
        return new SourceItem.Document(ordinal++, at.row(), sheet, fields, at.bytes());
    }

    private @Nullable Object field(String name, @Nullable Object cell) throws BadDocumentException {
        if (name.equals(embeddingField) && cell instanceof String text) {
            float[] vector = Floats.parse(text, name);
            return vector == null ? text : vector;
        }
        return cell;
    }

    private SourceItem bad(long row, String reason) {
        return new SourceItem.Bad(ordinal++, row, sheet, reason);
    }

    @Override
    public long bytesRead() {
        return fileBytes;
    }

    @Override
    public long total() {
        return -1;
    }

    @Override
    public void close() throws IOException {
        try {
            endSheet();
        } finally {
            file.close();
        }
    }
}
