package io.forebay.server.http.json;

import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8StreamJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.util.Arrays;

/**
 * Jackson's parser over a whole body, which can be asked to step over an array of numbers or a text that the caller reads
 * from the bytes itself. Either such a value is taken whole, or nothing is, and then Jackson reads it and tells what is
 * wrong with it: every message and every place in a message is Jackson's.
 *
 * <p>Threads: one.
 *
 * <p>Invariant: only the place of reading, the number of the line and its beginning are ever moved, and only over what
 * Jackson would have taken, too.
 */
final class BodyParser extends UTF8StreamJsonParser {
    private float[] floats = new float[512];
    private int line;
    private int lineStart;

    BodyParser(IOContext context, int features, ByteQuadsCanonicalizer symbols, byte[] body, int from,
            int to) {
        super(context, features, null, null, symbols, body, from, to, 0, false);
    }

    /**
     * Reads the array whose beginning is the current token, if it holds numbers and nothing else; behind it the next token
     * is the end of the array.
     *
     * @return how many numbers {@link #floats} begins with, or -1 when Jackson has to read the array
     */
    int takeFloats() {
        byte[] bytes = _inputBuffer;
        int end = _inputEnd;
        line = _currInputRow;
        lineStart = _currInputRowStart;
        int at = _inputPtr;
        int count = 0;
        while (true) {
            if (at < end && bytes[at] <= ' ') {
                at = skipSpace(bytes, at, end);
            }
            long number = FloatReader.read(bytes, at, end);
            if (number == FloatReader.NONE) {
                return -1;
            }
            putFloat(count++, Float.intBitsToFloat((int) number));
            at = (int) (number >>> 32);
            if (at < end && bytes[at] <= ' ') {
                at = skipSpace(bytes, at, end);
            }
            if (at >= end) {
                return -1;
            }
            if (bytes[at] != ',') {
                break;
            }
            at++;
        }
        if (bytes[at] != ']') {
            return -1;
        }
        _inputPtr = at;
        _currInputRow = line;
        _currInputRowStart = lineStart;
        return count;
    }

    /** What the last array of numbers held; overwritten by the next. */
    float[] floats() {
        return floats;
    }

    void putFloat(int index, float value) {
        if (index == floats.length) {
            floats = Arrays.copyOf(floats, 2 * index);
        }
        floats[index] = value;
    }

    /** What is not space stays where it is: negative bytes, control characters and a carriage return alone, too. */
    private int skipSpace(byte[] bytes, int from, int end) {
        int at = from;
        for (; at < end; at++) {
            byte c = bytes[at];
            if (c == '\n') {
                line++;
                lineStart = at + 1;
            } else if (c != ' ' && c != '\t' && (c != '\r' || at + 1 >= end || bytes[at + 1] != '\n')) {
                break;
            }
        }
        return at;
    }

    /**
     * Where the text begins whose opening quote was just read, if it has this many bytes before the next quote that can end
     * it, else -1. Whether there is a quote or an escape among them is the caller's to know.
     */
    int textOf(int length) {
        long end = (long) _inputPtr + length;
        return _tokenIncomplete && end < _inputEnd && _inputBuffer[(int) end] == '"' ? _inputPtr : -1;
    }

    /** Steps over the text of so many bytes that {@link #textOf} found. */
    void skipText(int length) {
        _inputPtr += length + 1;
        _tokenIncomplete = false;
    }

    /** Bytes of the body that were not read. */
    int left() {
        return _inputEnd - _inputPtr;
    }

    byte[] body() {
        return _inputBuffer;
    }
}
