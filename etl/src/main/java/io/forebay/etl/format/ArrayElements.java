package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a JSON array, or JSON objects one after the other where the text begins with <code>{</code>. Only brackets
 * and strings are looked at, so an element that is malformed inside, or over the limit, does not hide those behind it.
 *
 * <p>Not thread-safe.
 *
 * <p>Failure: an {@link UnreadableFileException} where there is no comma, no end, or something behind the end.
 */
final class ArrayElements implements Pieces {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final ExpandedInput file;
    private final int lineBytesMax;
    private final byte[] input = new byte[BUFFER_BYTES];
    private int next;
    private int end;
    private byte[] element;
    private int length;
    private boolean tooLong;
    private long number;
    private long fileLine = 1;
    private long startLine;
    private boolean array;
    private boolean ended;

    /** @param in UTF-8, made of the bytes of {@code file} */
    ArrayElements(InputStream in, ExpandedInput file, int lineBytesMax) {
        this.in = in;
        this.file = file;
        this.lineBytesMax = lineBytesMax;
        element = new byte[Math.min(lineBytesMax, 1 << 12)];
    }

    @Override
    public boolean next() throws IOException {
        if (ended || !toElement()) {
            ended = true;
            return false;
        }
        number++;
        startLine = fileLine;
        length = 0;
        tooLong = false;
        int first = peek();
        if (first == '{' || first == '[') {
            nested();
        } else if (first == '"') {
            string();
        } else {
            scalar();
        }
        return true;
    }

    /** Over what is between elements; false at the end. */
    private boolean toElement() throws IOException {
        int c = peekInk();
        if (number == 0 && !array && c == '[') {
            array = true;
            next++;
            c = peekInk();
            if (c != ']') {
                return begins(c);
            }
        }
        if (!array) {
            return c >= 0 && begins(c);
        }
        if (c == ']') {
            next++;
            if (peekInk() >= 0) {
                throw broken("something follows the end of the array");
            }
            return false;
        }
        if (c != ',') {
            throw broken(c < 0
                    ? "it ends in the middle of the array"
                    : "there should be a comma or the end of the array, and is " + shown(c));
        }
        next++;
        return begins(peekInk());
    }

    private boolean begins(int c) throws UnreadableFileException {
        if (c < 0) {
            throw broken("it ends in the middle of the array");
        }
        boolean well = array ? c != ',' && c != ']' && c != '}' && c != ':' : c == '{';
        if (!well) {
            throw broken("there should be an object, and is " + shown(c));
        }
        return true;
    }

    private static String shown(int c) {
        return c > ' ' && c < 0x7f ? "'" + (char) c + "'" : "the byte " + c;
    }

    private UnreadableFileException broken(String what) {
        return new UnreadableFileException("Line " + fileLine + ", behind element " + number + ": " + what);
    }

    private void nested() throws IOException {
        int depth = 0;
        do {
            int c = peek();
            if (c == '"') {
                string();
                continue;
            }
            if (c < 0) {
                throw broken("it ends in the middle of the element that begins in line " + startLine);
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            take(c);
        } while (depth > 0);
    }

    private void string() throws IOException {
        take('"');
        boolean escaped = false;
        while (true) {
            int c = peek();
            if (c < 0) {
                throw broken("it ends in the middle of a string of the element that begins in line "
                        + startLine);
            }
            take(c);
            if (c == '"' && !escaped) {
                return;
            }
            escaped = c == '\\' && !escaped;
            if (!escaped) {
                takePlain();
            }
        }
    }

    /** What is nothing but text, as far as it is at hand, in one go. */
    private void takePlain() {
        int from = next;
        while (next < end && input[next] != '"' && input[next] != '\\' && input[next] != '\n') {
            next++;
        }
        int count = next - from;
        if (count > lineBytesMax - length) {
            tooLong = true;
            return;
        }
        if (count > element.length - length) {
            element = Arrays.copyOf(element, (int) Math.min(Math.max(2L * length, length + (long) count),
                    lineBytesMax));
        }
        System.arraycopy(input, from, element, length, count);
        length += count;
    }

    private void scalar() throws IOException {
        for (int c = peek(); c >= 0 && c != ',' && c != ']' && !isBlank(c); c = peek()) {
            take(c);
        }
    }

    private void take(int c) {
        next++;
        if (c == '\n') {
            fileLine++;
        }
        if (length < element.length) {
            element[length++] = (byte) c;
        } else if (length < lineBytesMax) {
            element = Arrays.copyOf(element, (int) Math.min(2L * length, lineBytesMax));
            element[length++] = (byte) c;
        } else {
            tooLong = true;
        }
    }

    /** The next byte that is not blank; -1 at the end. */
    private int peekInk() throws IOException {
        int c = peek();
        while (isBlank(c)) {
            fileLine += c == '\n' ? 1 : 0;
            next++;
            c = peek();
        }
        return c;
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private int peek() throws IOException {
        if (next == end) {
            next = 0;
            end = Math.max(0, in.read(input, 0, input.length));
        }
        return next < end ? input[next] & 0xff : -1;
    }

    @Override
    public byte[] buffer() {
        return element;
    }

    @Override
    public int start() {
        return 0;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long line() {
        return number;
    }

    @Override
    public String place() {
        return "element " + number + " (line " + startLine + ")";
    }

    @Override
    public @Nullable String trouble() {
        return tooLong ? Limits.tooLong(place(), lineBytesMax) : null;
    }

    @Override
    public long fileBytes() {
        return file.fileBytes();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
