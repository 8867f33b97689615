package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Embeddings written as base64 of little-endian float32. The text is taken straight from the body: every embedding of
 * a batch is as long as the one before, so the end of the next is known without looking for it, and both buffers are
 * used again. What does not look as expected (the first, an escaped slash, another length) goes the slow way.
 *
 * <p>Threads: one; lives as long as one batch.
 */
final class Base64Floats {
    private byte[] text = new byte[0];
    private byte[] bytes = new byte[0];
    /** The bytes as what they mean. */
    private FloatBuffer floats = FloatBuffer.allocate(0);
    private int index;

    /** The string at the current token becomes the builder's next embedding. */
    void read(JsonIn in, RecordBatchBuilder into) throws IOException {
        int count = fast(in);
        if (count < 0) {
            count = slow(in);
        }
        if ((count & 3) != 0) {
            throw ForebayException.invalid("Invalid byte length: " + count
                    + " bytes cannot be converted to f32 values (must be divisible by 4)");
        }
        into.embedding(floats, count / 4);
        if (!into.isFinite()) {
            throw notFinite(count / 4);
        }
        index++;
    }

    /** How many bytes were decoded, or -1 when the slow way has to be gone. */
    private int fast(JsonIn in) {
        BodyParser parser = in.parser();
        int length = text.length;
        int at = length == 0 ? -1 : parser.textOf(length);
        if (at < 0) {
            return -1;
        }
        System.arraycopy(parser.body(), at, text, 0, length);
        try {
            int count = Base64.getDecoder().decode(text, bytes);
            parser.skipText(length);
            return count;
        } catch (IllegalArgumentException e) {
            // An escape, or truly bad: the slow way tells which.
            return -1;
        }
    }

    private int slow(JsonIn in) throws IOException {
        text = in.parser().getText().getBytes(StandardCharsets.UTF_8);
        if ((text.length & 3) != 0) {
            throw ForebayException.invalid("Invalid base64 string: Invalid padding");
        }
        bytes = new byte[text.length / 4 * 3];
        floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        try {
            return Base64.getDecoder().decode(text, bytes);
        } catch (IllegalArgumentException e) {
            throw ForebayException.invalid("Invalid base64 string: " + e.getMessage());
        }
    }

    private ForebayException notFinite(int count) {
        int first = 0;
        while (first < count - 1 && Float.isFinite(floats.get(first))) {
            first++;
        }
        return ForebayException.invalid(
                "Non-finite float value at embedding index " + index + ": " + rust(floats.get(first)));
    }

    private static String rust(float value) {
        return Float.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
    }
}
