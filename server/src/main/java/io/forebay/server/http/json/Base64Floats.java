package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Embeddings written as base64 of little-endian float32. The text is taken straight from the body: every embedding of
 * a batch is as long as the one before, so the end of the next is known without looking for it, and both buffers are
 * used again. What does not look as expected (the first, an escaped slash, another length) goes the slow way.
 *
 * <p>Threads: one; lives as long as one batch.
 */
final class Base64Floats {
    private static final VarHandle FLOAT_LE = MethodHandles.byteArrayViewVarHandle(float[].class,
            ByteOrder.LITTLE_ENDIAN);

    private byte[] text = new byte[0];
    private byte[] bytes = new byte[0];
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
        for (int at = 0; at < count; at += 4) {
            float value = (float) FLOAT_LE.get(bytes, at);
            if (!Float.isFinite(value)) {
                throw ForebayException.invalid(
                        "Non-finite float value at embedding index " + index + ": " + rust(value));
            }
            into.component(value);
        }
        into.endEmbedding();
        index++;
    }

    /** How many bytes were decoded, or -1 when the slow way has to be gone. */
    private int fast(JsonIn in) {
        byte[] body = in.body();
        long quote = in.parser().currentTokenLocation().getByteOffset();
        int length = text.length;
        if (length == 0 || quote < 0 || quote + length + 1 >= in.length() || body[(int) quote] != '"'
                || body[(int) quote + 1 + length] != '"') {
            return -1;
        }
        System.arraycopy(body, (int) quote + 1, text, 0, length);
        try {
            return Base64.getDecoder().decode(text, bytes);
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
        bytes = Arrays.copyOf(bytes, text.length / 4 * 3);
        try {
            return Base64.getDecoder().decode(text, bytes);
        } catch (IllegalArgumentException e) {
            throw ForebayException.invalid("Invalid base64 string: " + e.getMessage());
        }
    }

    private static String rust(float value) {
        return Float.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
    }
}
