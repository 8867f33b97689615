package io.forebay.server.http.json;

import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Jackson's generator of UTF-8, which also writes floats: in the shortest form, straight into its buffer, without an
 * object. JSON has no infinity and no NaN; they become null.
 */
final class BodyGenerator extends UTF8JsonGenerator {
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    /** A comma and the longest float. */
    private static final int ROOM = 1 + FloatWriter.ROOM;

    BodyGenerator(IOContext context, int features, OutputStream out) {
        super(context, features, null, out, '"');
    }

    void writeFloat(float value) throws IOException {
        _verifyValueWrite("write a number");
        makeRoom(_outputTail);
        _outputTail = put(value, _outputBuffer, _outputTail);
    }

    /** An array, or null. */
    void writeFloats(float @Nullable [] values) throws IOException {
        if (values == null) {
            writeNull();
            return;
        }
        writeStartArray();
        byte[] buffer = _outputBuffer;
        int last = _outputEnd - ROOM;
        int at = _outputTail;
        for (int i = 0; i < values.length; i++) {
            if (at > last) {
                makeRoom(at);
                at = _outputTail;
            }
            if (i > 0) {
                buffer[at++] = ',';
            }
            at = put(values[i], buffer, at);
        }
        _outputTail = at;
        writeEndArray();
    }

    private void makeRoom(int at) throws IOException {
        _outputTail = at;
        if (at > _outputEnd - ROOM) {
            _flushBuffer();
        }
    }

    private static int put(float value, byte[] buffer, int at) {
        if (Float.isFinite(value)) {
            return FloatWriter.write(value, buffer, at);
        }
        System.arraycopy(NULL, 0, buffer, at, NULL.length);
        return at + NULL.length;
    }
}
