package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;

/** Text as UTF-8, whatever its charset was. What was not valid becomes the byte 0xFF, which is not valid in UTF-8 either. */
final class TranscodedInput extends InputStream {
    private static final int CHARACTERS = 1 << 13;

    private final Reader in;
    private final char[] chars = new char[CHARACTERS];
    private int from;
    private int to;
    private final byte[] bytes = new byte[3 * CHARACTERS + 4];
    private int next;
    private int end;

    TranscodedInput(Reader in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return fill() ? bytes[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(bytes, next, target, offset, count);
        next += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (next == end) {
            int count = in.read(chars, to, chars.length - to);
            if (count < 0 && to == 0) {
                return false;
            }
            to += Math.max(0, count);
            encode(count < 0);
        }
        return true;
    }

    /** All characters, but for a high surrogate at the end whose partner is yet to come. */
    private void encode(boolean last) {
        next = 0;
        end = 0;
        from = 0;
        while (from < to) {
            char c = chars[from];
            if (c < 0x80) {
                bytes[end++] = (byte) c;
            } else if (c < 0x800) {
                put(0xc0 | c >> 6, c);
            } else if (!Character.isSurrogate(c)) {
                bytes[end++] = (byte) (0xe0 | c >> 12);
                put(0x80 | c >> 6 & 0x3f, c);
            } else if (Character.isHighSurrogate(c) && from + 1 == to && !last) {
                break;
            } else {
                encodeSurrogate(c);
            }
            from++;
        }
        System.arraycopy(chars, from, chars, 0, to - from);
        to -= from;
    }

    private void encodeSurrogate(char c) {
        if (Character.isHighSurrogate(c) && from + 1 < to && Character.isLowSurrogate(chars[from + 1])) {
            int point = Character.toCodePoint(c, chars[++from]);
            bytes[end++] = (byte) (0xf0 | point >> 18);
            bytes[end++] = (byte) (0x80 | point >> 12 & 0x3f);
            put(0x80 | point >> 6 & 0x3f, point);
        } else {
            bytes[end++] = (byte) 0xff;
        }
    }

    private void put(int first, int last) {
        bytes[end++] = (byte) first;
        bytes[end++] = (byte) (0x80 | last & 0x3f);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
