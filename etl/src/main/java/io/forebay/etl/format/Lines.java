package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text that are not blank. A line over the limit is passed over without being held.
 *
 * <p>Not thread-safe.
 */
final class Lines implements Pieces {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final ExpandedInput file;
    private final int lineBytesMax;
    private byte[] buffer;
    private int next;
    private int end;
    private int start;
    private int length;
    private long line;
    private boolean tooLong;

    /** @param in UTF-8, made of the bytes of {@code file} */
    Lines(InputStream in, ExpandedInput file, int lineBytesMax) {
        this.in = in;
        this.file = file;
        this.lineBytesMax = lineBytesMax;
        buffer = new byte[Math.min(BUFFER_BYTES, Math.max(16, lineBytesMax + 2))];
    }

    @Override
    public boolean next() throws IOException {
        while (advance()) {
            line++;
            if (tooLong || !isBlank()) {
                return true;
            }
        }
        return false;
    }

    private boolean isBlank() {
        for (int i = start; i < start + length; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** To the next line, blank or not. */
    private boolean advance() throws IOException {
        tooLong = false;
        int searched = next;
        while (true) {
            int newline = newline(searched);
            if (newline >= 0) {
                take(newline);
                next = newline + 1;
                return true;
            }
            int kept = end - next;
            if (kept > lineBytesMax + 1) {
                return passOver();
            }
            if (!fill()) {
                boolean any = end > next;
                take(end);
                next = end;
                return any;
            }
            searched = next + kept;
        }
    }

    private int newline(int from) {
        for (int i = from; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void take(int lineEnd) {
        start = next;
        length = lineEnd - next;
        if (length > 0 && buffer[lineEnd - 1] == '\r') {
            length--;
        }
        tooLong = length > lineBytesMax;
    }

    /** Moves what is left to the front and reads more behind it; false at the end of the text. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, next, buffer, 0, end - next);
        end -= next;
        next = 0;
        if (end == buffer.length) {
            long wanted = Math.min(2L * end, lineBytesMax + 2L);
            buffer = Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 16, wanted));
        }
        int count = in.read(buffer, end, buffer.length - end);
        end += Math.max(0, count);
        return count >= 0;
    }

    private boolean passOver() throws IOException {
        tooLong = true;
        length = 0;
        while (true) {
            next = 0;
            end = 0;
            if (!fill()) {
                return true;
            }
            int newline = newline(0);
            if (newline >= 0) {
                next = newline + 1;
                return true;
            }
        }
    }

    @Override
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public int start() {
        return start;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public String place() {
        return "line " + line;
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
