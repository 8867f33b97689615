package io.forebay.etl.format;

import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Text in a workbook: that of a value itself, or of the {@code t} elements in a rich text, without the phonetic ones
 * ({@code rPh}). Not thread-safe.
 */
final class XlsxText {
    private static final int ESCAPE_CHARACTERS = 7;

    private final StringBuilder text = new StringBuilder();
    private int depth;
    private int textDepth;
    private int phoneticDepth;

    /**
     * Reads up to the end of the element at hand. What is over the limit is passed over; the result is then longer than the
     * limit by one character.
     */
    String read(XMLStreamReader xml, XlsxPart part, int charactersMax) throws XMLStreamException {
        String name = xml.getLocalName();
        boolean rich = name.equals("si") || name.equals("is");
        text.setLength(0);
        depth = 1;
        textDepth = rich ? 0 : 1;
        phoneticDepth = 0;
        while (depth > 0) {
            int event = xml.next();
            part.progress();
            if (event == XMLStreamConstants.START_ELEMENT) {
                begin(xml.getLocalName());
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                end();
            } else if (xml.hasText() && event != XMLStreamConstants.COMMENT && textDepth > 0
                    && phoneticDepth == 0) {
                append(xml, charactersMax);
            }
        }
        return text.indexOf("_x") < 0 ? text.toString() : unescaped();
    }

    private void begin(String name) {
        depth++;
        if (textDepth == 0 && name.equals("t")) {
            textDepth = depth;
        } else if (phoneticDepth == 0 && name.equals("rPh")) {
            phoneticDepth = depth;
        }
    }

    private void end() {
        textDepth = textDepth == depth ? 0 : textDepth;
        phoneticDepth = phoneticDepth == depth ? 0 : phoneticDepth;
        depth--;
    }

    private void append(XMLStreamReader xml, int charactersMax) {
        int room = charactersMax + 1 - text.length();
        if (room > 0) {
            text.append(xml.getTextCharacters(), xml.getTextStart(), Math.min(room, xml.getTextLength()));
        }
    }

    /** Characters that XML cannot have are written as {@code _x000D_}. */
    private String unescaped() {
        StringBuilder plain = new StringBuilder(text.length());
        int from = 0;
        for (int at = text.indexOf("_x"); at >= 0; at = text.indexOf("_x", Math.max(from, at + 1))) {
            int point = escaped(at);
            if (point >= 0) {
                plain.append(text, from, at).append((char) point);
                from = at + ESCAPE_CHARACTERS;
            }
        }
        return plain.append(text, from, text.length()).toString();
    }

    private int escaped(int at) {
        if (at + ESCAPE_CHARACTERS > text.length() || text.charAt(at + 6) != '_') {
            return -1;
        }
        int point = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            point = point << 4 | digit;
        }
        return point;
    }
}
