package io.forebay.model.wire;

import io.forebay.model.ForebayException;
import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a frame: named values, in the binary form of a metadata map ({@link MetadataCodec}). A reader passes
 * over names that it does not know.
 *
 * <p>Failure: a value of another type than is asked for is INVALID_ARGUMENT, with the field's name.
 *
 * <p>Not thread-safe.
 */
public final class Fields {
    private static final byte[] NOTHING = {};

    private final Map<String, MetadataValue> values;

    public Fields() {
        this(new LinkedHashMap<>());
    }

    private Fields(Map<String, MetadataValue> values) {
        this.values = values;
    }

    /** @throws ForebayException INVALID_ARGUMENT when the bytes are not exactly one map; none at all is an empty one */
    public static Fields decode(byte[] bytes) {
        if (bytes.length == 0) {
            return new Fields();
        }
        try {
            return new Fields(MetadataCodec.decode(bytes));
        } catch (IllegalArgumentException e) {
            throw ForebayException.invalid("malformed head of a frame: " + e.getMessage());
        }
    }

    public byte[] encode() {
        return values.isEmpty() ? NOTHING : MetadataCodec.encode(values);
    }

    public Fields put(String name, @Nullable String value) {
        return value == null ? this : put(name, MetadataValue.of(value));
    }

    public Fields put(String name, long value) {
        return put(name, new MetadataValue.Int(value));
    }

    public Fields put(String name, boolean value) {
        return put(name, value ? MetadataValue.TRUE : MetadataValue.FALSE);
    }

    /** Nothing where the list is null. */
    public Fields put(String name, @Nullable List<String> value) {
        return value == null ? this : put(name, new MetadataValue.StrArray(value));
    }

    public Fields putNumbers(String name, List<Long> value) {
        return put(name, new MetadataValue.IntArray(value));
    }

    private Fields put(String name, MetadataValue value) {
        values.put(name, value);
        return this;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Null when it is not there. */
    public @Nullable String text(String name) {
        MetadataValue value = values.get(name);
        if (value == null || value instanceof MetadataValue.Str) {
            return value == null ? null : ((MetadataValue.Str) value).value();
        }
        throw wrong(name, "a string");
    }

    public long number(String name, long absent) {
        MetadataValue value = values.get(name);
        if (value == null || value instanceof MetadataValue.Int) {
            return value == null ? absent : ((MetadataValue.Int) value).value();
        }
        throw wrong(name, "an int");
    }

    public boolean flag(String name) {
        MetadataValue value = values.get(name);
        if (value == null || value instanceof MetadataValue.Bool) {
            return value != null && ((MetadataValue.Bool) value).value();
        }
        throw wrong(name, "a bool");
    }

    /** Null when it is not there. */
    public @Nullable List<String> texts(String name) {
        MetadataValue value = values.get(name);
        if (value == null || value instanceof MetadataValue.StrArray) {
            return value == null ? null : ((MetadataValue.StrArray) value).values();
        }
        throw wrong(name, "an array of strings");
    }

    /** Empty when it is not there. */
    public List<Long> numbers(String name) {
        MetadataValue value = values.get(name);
        if (value == null || value instanceof MetadataValue.IntArray) {
            return value == null ? new ArrayList<>() : ((MetadataValue.IntArray) value).values();
        }
        throw wrong(name, "an array of ints");
    }

    private static ForebayException wrong(String name, String wanted) {
        return ForebayException.invalid("field " + name + " of the frame's head must be " + wanted);
    }
}
