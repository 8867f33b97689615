package io.forebay.etl.format;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Which cell styles show a number as a date or time. */
final class XlsxStyles {
    static final XlsxStyles NONE = new XlsxStyles();
    private static final int STYLES_MAX = 1 << 17;

    private final BitSet dates = new BitSet();
    private final Set<Integer> dateFormats = new HashSet<>();
    private int count;

    static XlsxStyles read(XlsxFile file, ZipEntry entry, int thingBytesMax) throws IOException {
        XlsxStyles styles = new XlsxStyles();
        try (XlsxPart part = file.open(entry, thingBytesMax)) {
            XMLStreamReader xml = XlsxFile.reader(part);
            boolean cells = false;
            while (xml.hasNext()) {
                int event = xml.next();
                part.progress();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    cells |= xml.getLocalName().equals("cellXfs");
                    styles.element(xml, cells);
                } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("cellXfs")) {
                    cells = false;
                }
            }
        } catch (XMLStreamException | IOException | RuntimeException e) {
            throw XlsxFile.unreadable(e, "part " + entry.getName());
        }
        return styles;
    }

    private void element(XMLStreamReader xml, boolean cells) throws UnreadableFileException {
        if (count + dateFormats.size() > STYLES_MAX) {
            throw new UnreadableFileException("The workbook has more than " + STYLES_MAX + " cell styles");
        }
        Integer format = number(xml.getAttributeValue(null, "numFmtId"));
        if (xml.getLocalName().equals("numFmt")) {
            String code = xml.getAttributeValue(null, "formatCode");
            if (format != null && code != null && showsDate(code)) {
                dateFormats.add(format);
            }
        } else if (cells && xml.getLocalName().equals("xf")) {
            dates.set(count++, format != null && (isBuiltInDate(format) || dateFormats.contains(format)));
        }
    }

    private static @Nullable Integer number(@Nullable String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static boolean isBuiltInDate(int format) {
        return format >= 14 && format <= 22 || format >= 27 && format <= 36 || format == 45 || format == 47
                || format >= 50 && format <= 58;
    }

    /** Whether a code such as {@code yyyy\-mm\-dd;@} has a letter of dates outside of texts, colours and conditions. */
    static boolean showsDate(String code) {
        boolean quoted = false;
        int brackets = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                continue;
            } else if (c == '\\' || c == '_' || c == '*') {
                i++;
            } else if (c == '[') {
                brackets++;
                if (code.regionMatches(true, i, "[h", 0, 2) || code.regionMatches(true, i, "[mm]", 0, 4)
                        || code.regionMatches(true, i, "[s", 0, 2)) {
                    return false; // a duration, not a time of day
                }
            } else if (c == ']') {
                brackets--;
            } else if (brackets == 0 && "yYmMdDhHsS".indexOf(c) >= 0) {
                return !code.equalsIgnoreCase("standard");
            }
        }
        return false;
    }

    boolean isDate(@Nullable String style) {
        Integer index = number(style);
        return index != null && index >= 0 && dates.get(index);
    }
}
