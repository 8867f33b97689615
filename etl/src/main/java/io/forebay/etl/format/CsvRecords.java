package io.forebay.etl.format;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits separated text into records that are not empty, so that a record over a limit, with characters that its
 * charset does not have, or quoted wrongly, is one bad record and not the end of the file. As a {@link Reader} it gives
 * the text of the record at hand, once, with a line feed at its end: a CSV parser behind it never reads beyond that.
 *
 * <p>Quotes are those of RFC 4180: they count at the beginning of a field only. Records end with CR, LF or both.
 *
 * <p>Not thread-safe.
 */
final class CsvRecords extends Reader {
    static final int COLUMNS_MAX = 16_384;
    private static final int BUFFER_CHARACTERS = 1 << 14;

    private enum Field {
        BEGINS, PLAIN, QUOTED, AFTER_QUOTE
    }

    private final Reader in;
    private final char separator;
    private final int lineBytesMax;
    private final char[] input = new char[BUFFER_CHARACTERS];
    private int next;
    private int end;
    private char[] text = new char[1 << 12];
    private int length;
    private int given;
    private int bytes;
    private int columns;
    private long lines;
    private long line;
    private boolean behindReturn;
    private @Nullable String trouble;

    CsvRecords(Reader in, char separator, int lineBytesMax) {
        this.in = in;
        this.separator = separator;
        this.lineBytesMax = lineBytesMax;
    }

    /** To the next record; false at the end. */
    boolean advance() throws IOException {
        do {
            if (!hasMore()) {
                return false;
            }
            line = lines + 1;
            length = 0;
            given = 0;
            bytes = 0;
            columns = 1;
            trouble = null;
            record();
        } while (length == 0 && trouble == null);
        ensureRoom();
        text[length++] = '\n';
        return true;
    }

    /** Where the record begins, from 1. */
    long line() {
        return line;
    }

    /** About how much the record takes as UTF-8. */
    int bytes() {
        return bytes;
    }

    /** Why the record must not be parsed; null if it may. */
    @Nullable
    String trouble() {
        return trouble;
    }

    private void record() throws IOException {
        Field field = Field.BEGINS;
        char before = 0;
        while (hasMore()) {
            char c = input[next++];
            if (c == '\n' && behindReturn) {
                behindReturn = false;
                if (field == Field.QUOTED) {
                    append(c);
                }
                continue;
            }
            behindReturn = c == '\r';
            if (c == '\r' || c == '\n') {
                lines++;
                if (field != Field.QUOTED) {
                    return;
                }
            }
            if (c == DecodingReader.INVALID && !Character.isHighSurrogate(before)) {
                refuse("line " + (lines + 1) + " has bytes that the charset does not have");
            }
            field = behind(field, c);
            before = c;
            append(c);
        }
        lines++;
        if (field == Field.QUOTED) {
            refuse("line " + line + ": a quote is opened and never closed");
        }
    }

    private Field behind(Field field, char c) {
        if (field == Field.QUOTED) {
            return c == '"' ? Field.AFTER_QUOTE : Field.QUOTED;
        }
        if (c == separator) {
            columns++;
            if (columns > COLUMNS_MAX) {
                refuse("line " + line + " has more than " + COLUMNS_MAX + " columns");
            }
            return Field.BEGINS;
        }
        if (field == Field.BEGINS) {
            return c == '"' ? Field.QUOTED : Field.PLAIN;
        }
        if (field == Field.AFTER_QUOTE && c == '"') {
            return Field.QUOTED;
        }
        if (field == Field.AFTER_QUOTE) {
            refuse("line " + line + ": in column " + columns
                    + " something follows the closing quote (a quote in a quoted text is written twice)");
            return Field.PLAIN;
        }
        return Field.PLAIN;
    }

    private void refuse(String why) {
        if (trouble == null) {
            trouble = why;
        }
    }

    private void append(char c) {
        if (trouble != null) {
            return;
        }
        bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        if (bytes > lineBytesMax) {
            refuse(Limits.tooLong("line " + line, lineBytesMax));
            return;
        }
        ensureRoom();
        text[length++] = c;
    }

    private void ensureRoom() {
        if (length == text.length) {
            text = Arrays.copyOf(text, (int) Math.min(2L * length, Math.max(length, lineBytesMax) + 16L));
        }
    }

    private boolean hasMore() throws IOException {
        if (next == end) {
            next = 0;
            end = Math.max(0, in.read(input, 0, input.length));
        }
        return next < end;
    }

    @Override
    public int read(char[] chars, int offset, int count) {
        if (given == length) {
            return -1;
        }
        int taken = Math.min(count, length - given);
        System.arraycopy(text, given, chars, offset, taken);
        given += taken;
        return taken;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
