package io.forebay.client;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Writes JSON as UTF-8 into one growing array. The caller keeps the grammar. Not thread-safe. */
final class JsonSink {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int size;
    private byte[] raw = new byte[0];
    private byte[] encoded = new byte[0];

    JsonSink(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    int size() {
        return size;
    }

    /** Forgets everything after this size. */
    void truncate(int to) {
        size = to;
    }

    Body body() {
        return new Body(bytes, size);
    }

    JsonSink ascii(char one) {
        ensure(1);
        bytes[size++] = (byte) one;
        return this;
    }

    /** As it is: punctuation, literals, JSON that is known to be well-formed. */
    JsonSink raw(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ensure(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
        return this;
    }

    JsonSink string(@Nullable String text) {
        return text == null ? raw("null") : string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON string from UTF-8, which passes as it is but for what JSON must escape. */
    JsonSink string(byte @Nullable [] utf8) {
        if (utf8 == null) {
            return raw("null");
        }
        ensure(utf8.length + 2);
        bytes[size++] = '"';
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (b >= 0 && b < 0x20 || b == '"' || b == '\\') {
                ensure(utf8.length - i + 7);
                escape(b);
            } else {
                bytes[size++] = b;
            }
        }
        ensure(1);
        bytes[size++] = '"';
        return this;
    }

    JsonSink number(long value) {
        ensure(20);
        size = NumberOutput.outputLong(value, bytes, size);
        return this;
    }

    JsonSink number(double value) {
        return raw(NumberOutput.toString(value, true));
    }

    /** The shortest text that reads back as the same float. */
    JsonSink number(float value) {
        return raw(NumberOutput.toString(value, true));
    }

    /** A JSON string of the base64 of these bytes, position to limit. */
    JsonSink base64(ByteBuffer source) {
        int length = source.remaining();
        int encodedLength = (length + 2) / 3 * 4;
        if (raw.length != length) {
            raw = new byte[length];
            encoded = new byte[encodedLength];
        }
        source.get(raw);
        Base64.getEncoder().encode(raw, encoded);
        ensure(encodedLength + 2);
        bytes[size++] = '"';
        System.arraycopy(encoded, 0, bytes, size, encodedLength);
        size += encodedLength;
        bytes[size++] = '"';
        return this;
    }

    private void escape(byte b) {
        bytes[size++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[size++] = b;
            case '\n' -> bytes[size++] = 'n';
            case '\t' -> bytes[size++] = 't';
            case '\r' -> bytes[size++] = 'r';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[b >> 4 & 15];
                bytes[size++] = HEX[b & 15];
            }
        }
    }

    private void ensure(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 64) {
                throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE, "a request body exceeds 2 GiB");
            }
            bytes = Arrays.copyOf(bytes,
                    (int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, bytes.length * 2L)));
        }
    }
}
