package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ForebayException;
import io.forebay.model.SparseVector;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sparse vector: {@code {"#type":"sparse_vector","indices":[1,7],"values":[0.5,2]}}, perhaps with {@code tokens}. The
 * type may be missing, as some clients leave it out.
 *
 * <p>Not thread-safe: an object per value.
 */
final class SparseJson {
    private static final String TYPE = "#type";
    private static final String SPARSE = "sparse_vector";
    private static final long U32_MAX = 0xFFFF_FFFFL;

    private final JsonIn in;
    private int @Nullable [] indices;
    private float @Nullable [] values;
    private @Nullable List<String> tokens;

    private SparseJson(JsonIn in) {
        this.in = in;
    }

    /** @param otherwise the reason told when the object is something else */
    static SparseVector read(JsonIn in, String otherwise) throws IOException {
        SparseJson fields = new SparseJson(in);
        boolean[] other = new boolean[1];
        in.object("a map", name -> {
            if (name.equals(TYPE)) {
                other[0] = in.token() != JsonToken.VALUE_STRING || !in.string().equals(SPARSE);
                return !other[0];
            }
            return fields.field(name);
        });
        if (other[0] || fields.indices == null || fields.values == null) {
            throw in.shape(otherwise);
        }
        try {
            return new SparseVector(fields.indices, fields.values, fields.tokens);
        } catch (IllegalArgumentException wrong) {
            throw ForebayException
                    .invalid("Validation error: " + in.path() + ": Invalid " + wrong.getMessage());
        }
    }

    private boolean field(String name) throws IOException {
        switch (name) {
            case "indices" -> indices = indices();
            case "values" -> values = values();
            case "tokens" -> tokens = in.isNull() ? null : in.strings();
            default -> {
                return false;
            }
        }
        return true;
    }

    private int[] indices() throws IOException {
        int[][] found = {new int[64]};
        int[] count = new int[1];
        in.array("a sequence", () -> {
            if (in.token() != JsonToken.VALUE_NUMBER_INT) {
                throw in.wrongType("u32");
            }
            long index = in.parser().getLongValue();
            if (index < 0 || index > U32_MAX) {
                throw in.shape("invalid value: integer `" + index + "`, expected u32");
            }
            if (count[0] == found[0].length) {
                found[0] = Arrays.copyOf(found[0], 2 * count[0]);
            }
            found[0][count[0]++] = (int) index;
        });
        return Arrays.copyOf(found[0], count[0]);
    }

    private float[] values() throws IOException {
        float[][] found = {new float[64]};
        int[] count = new int[1];
        in.array("a sequence", () -> {
            if (!in.token().isNumeric()) {
                throw in.wrongType("f32");
            }
            if (count[0] == found[0].length) {
                found[0] = Arrays.copyOf(found[0], 2 * count[0]);
            }
            found[0][count[0]++] = in.parser().getFloatValue();
        });
        return Arrays.copyOf(found[0], count[0]);
    }

    static void write(JsonGenerator out, SparseVector vector) throws IOException {
        out.writeStartObject();
        out.writeStringField(TYPE, SPARSE);
        out.writeArrayFieldStart("indices");
        for (int index : vector.indices()) {
            out.writeNumber(Integer.toUnsignedLong(index));
        }
        out.writeEndArray();
        out.writeFieldName("values");
        Json.writeFloats(out, vector.values());
        List<String> tokens = vector.tokens();
        if (tokens != null) {
            out.writeArrayFieldStart("tokens");
            for (String token : tokens) {
                out.writeString(token);
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }
}
