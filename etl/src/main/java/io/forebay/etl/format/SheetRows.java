package io.forebay.etl.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one sheet that have a value. A row over the limit is passed over without being held.
 *
 * <p>Not thread-safe.
 */
final class SheetRows implements AutoCloseable {
    static final int COLUMNS_MAX = 16_384;

    private final String name;
    private final XlsxPart part;
    private final long sheetBytes;
    private final long sheetFileBytes;
    private final XMLStreamReader xml;
    private final XlsxValues values;
    private final int lineBytesMax;
    private final XlsxText text = new XlsxText();
    private final List<@Nullable Object> cells = new ArrayList<>();
    private long row;
    private long bytes;
    private @Nullable String trouble;

    SheetRows(XlsxFile file, Workbook workbook, String name, ZipEntry entry, int lineBytesMax)
            throws IOException {
        this.name = name;
        this.lineBytesMax = lineBytesMax;
        values = new XlsxValues(workbook);
        sheetBytes = Math.max(1, entry.getSize());
        sheetFileBytes = Math.max(0, entry.getCompressedSize());
        part = file.open(entry, lineBytesMax);
        try {
            xml = XlsxFile.reader(part);
        } catch (XMLStreamException | RuntimeException e) {
            part.close();
            throw XlsxFile.unreadable(e, where());
        }
    }

    private String where() {
        return "sheet '" + name + "', behind row " + row;
    }

    /** To the next row that has a value, or trouble; false at the end. */
    boolean next() throws IOException {
        try {
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("row")) {
                    readRow();
                    if (trouble != null || cells.stream().anyMatch(cell -> cell != null)) {
                        return true;
                    }
                }
                part.progress();
            }
            return false;
        } catch (XMLStreamException | RuntimeException e) {
            throw XlsxFile.unreadable(e, where());
        }
    }

    private void readRow() throws XMLStreamException {
        row = number(xml.getAttributeValue(null, "r"), row);
        cells.clear();
        bytes = 0;
        trouble = null;
        int column = -1;
        for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT
                || !xml.getLocalName().equals("row"); event = xml.next()) {
            part.progress();
            if (event == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("c")) {
                try {
                    column = column(xml.getAttributeValue(null, "r"), column);
                    readCell(column);
                } catch (BadDocumentException e) {
                    refuse(e.getMessage());
                }
            }
        }
    }

    /** Rows are in order; one without a number, or with one that is not in order, follows the one before. */
    private static long number(@Nullable String text, long before) {
        try {
            return text == null ? before + 1 : Math.max(before + 1, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return before + 1;
        }
    }

    /** From 0. */
    private static int column(@Nullable String reference, int before) throws BadDocumentException {
        int column = 0;
        int letters = 0;
        if (reference != null) {
            while (letters < reference.length() && letters < 4 && reference.charAt(letters) >= 'A'
                    && reference.charAt(letters) <= 'Z') {
                column = 26 * column + reference.charAt(letters++) - 'A' + 1;
            }
        }
        int index = letters == 0 ? before + 1 : column - 1;
        if (index >= COLUMNS_MAX) {
            throw new BadDocumentException("has more than " + COLUMNS_MAX + " columns");
        }
        return index;
    }

    private void readCell(int column) throws XMLStreamException, BadDocumentException {
        String type = xml.getAttributeValue(null, "t");
        String style = xml.getAttributeValue(null, "s");
        String value = null;
        for (int event = xml.next(); event != XMLStreamConstants.END_ELEMENT
                || !xml.getLocalName().equals("c"); event = xml.next()) {
            part.progress();
            if (event == XMLStreamConstants.START_ELEMENT
                    && (xml.getLocalName().equals("v") || xml.getLocalName().equals("is"))) {
                value = text.read(xml, part, trouble == null ? lineBytesMax : 0);
            }
        }
        if (value == null || trouble != null) {
            return;
        }
        Object parsed = value.length() > lineBytesMax
                ? value
                : values.value(type == null ? "n" : type, style, value);
        bytes += parsed instanceof String s ? s.length() : Long.BYTES;
        if (bytes > lineBytesMax) {
            refuse(null);
            return;
        }
        while (cells.size() <= column) {
            cells.add(null);
        }
        cells.set(column, parsed);
    }

    private void refuse(@Nullable String why) {
        if (trouble == null) {
            String place = "row " + row + " of sheet '" + name + "'";
            trouble = why == null ? Limits.tooLong(place, lineBytesMax) : place + ": " + why;
            cells.clear();
        }
    }

    /** By column; null where there is no value. Valid until the next row. */
    List<@Nullable Object> cells() {
        return cells;
    }

    @Nullable
    String trouble() {
        return trouble;
    }

    /** From 1, as the sheet shows it. */
    long row() {
        return row;
    }

    int bytes() {
        return (int) bytes;
    }

    /** About how much of the file is behind the reader of this sheet. */
    long fileBytes() {
        return (long) (sheetFileBytes * Math.min(1, part.bytes() / (double) sheetBytes));
    }

    @Override
    public void close() throws IOException {
        part.close();
    }
}
