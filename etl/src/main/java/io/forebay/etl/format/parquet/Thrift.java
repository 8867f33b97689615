package io.forebay.etl.format.parquet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads structures of Thrift's compact protocol, which Parquet's metadata are in. Texts stay slices of the buffer.
 *
 * <p>Bounded: as many values as bytes at most, and at most {@value #VALUES_MAX}.
 */
final class Thrift {
    private static final int VALUES_MAX = 4 << 20;
    private static final int DEPTH_MAX = 24;
    private static final int TRUE = 1;
    private static final int FALSE = 2;

    private final ByteBuffer in;
    private int values;

    /** Fields by their numbers. */
    static final class Struct {
        private int[] ids = new int[4];
        private Object[] values = new Object[4];
        private int count;

        private void put(int id, Object value) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
                values = Arrays.copyOf(values, 2 * count);
            }
            ids[count] = id;
            values[count++] = value;
        }

        private @Nullable Object get(int id) {
            for (int i = 0; i < count; i++) {
                if (ids[i] == id) {
                    return values[i];
                }
            }
            return null;
        }

        boolean has(int id) {
            return get(id) != null;
        }

        long number(int id, long otherwise) {
            return get(id) instanceof Long number ? number : otherwise;
        }

        int integer(int id, int otherwise) {
            long number = number(id, otherwise);
            ParquetException.require(number == (int) number, "the number " + number + " is too large");
            return (int) number;
        }

        boolean flag(int id, boolean otherwise) {
            return get(id) instanceof Boolean flag ? flag : otherwise;
        }

        String text(int id) {
            return get(id) instanceof ByteBuffer bytes
                    ? StandardCharsets.UTF_8.decode(bytes.slice()).toString()
                    : "";
        }

        @Nullable
        Struct struct(int id) {
            return get(id) instanceof Struct struct ? struct : null;
        }

        /** The structures in a list; none if there is no such list. */
        List<Struct> structs(int id) {
            List<Struct> structs = new ArrayList<>();
            if (get(id) instanceof List<?> list) {
                for (Object value : list) {
                    if (value instanceof Struct struct) {
                        structs.add(struct);
                    }
                }
            }
            return structs;
        }

        /** Number of the first field, which says what a union is; 0 if there is none. */
        int which() {
            return count == 0 ? 0 : ids[0];
        }
    }

    private Thrift(ByteBuffer in) {
        this.in = in;
    }

    /** Reads from the buffer's position on, and leaves it behind the structure. */
    static Struct read(ByteBuffer in) {
        try {
            return new Thrift(in).struct(0);
        } catch (BufferUnderflowException e) {
            throw new ParquetException("metadata end in the middle");
        }
    }

    private Struct struct(int depth) {
        ParquetException.require(depth < DEPTH_MAX, "metadata are nested too deeply");
        Struct struct = new Struct();
        int id = 0;
        while (true) {
            int header = in.get() & 0xff;
            if (header == 0) {
                return struct;
            }
            id = header >> 4 == 0 ? (int) zigzag() : id + (header >> 4);
            int type = header & 0xf;
            struct.put(id,
                    type == TRUE || type == FALSE ? Boolean.valueOf(type == TRUE) : value(type, depth));
        }
    }

    private Object value(int type, int depth) {
        ParquetException.require(++values < VALUES_MAX, "metadata have more than " + VALUES_MAX + " values");
        return switch (type) {
            case TRUE, FALSE -> in.get() == TRUE;
            case 3 -> (long) in.get();
            case 4, 5, 6 -> zigzag();
            case 7 -> in.getDouble();
            case 8 -> binary();
            case 9, 10 -> list(depth);
            case 11 -> map(depth);
            case 12 -> struct(depth + 1);
            default -> throw new ParquetException("metadata have a value of type " + type);
        };
    }

    private ByteBuffer binary() {
        int length = size();
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }

    private List<Object> list(int depth) {
        int header = in.get() & 0xff;
        int size = header >> 4 == 15 ? size() : header >> 4;
        List<Object> list = new ArrayList<>(Math.min(size, 16));
        for (int i = 0; i < size; i++) {
            list.add(value(header & 0xf, depth + 1));
        }
        return list;
    }

    private Object map(int depth) {
        int size = size();
        int types = size == 0 ? 0 : in.get() & 0xff;
        for (int i = 0; i < size; i++) {
            value(types >> 4, depth + 1);
            value(types & 0xf, depth + 1);
        }
        return Boolean.TRUE; // nothing that is needed is in a map
    }

    /** Of something whose parts take a byte each at least. */
    private int size() {
        long size = varint();
        ParquetException.require(size >= 0 && size <= in.remaining(), "metadata end in the middle");
        return (int) size;
    }

    private long zigzag() {
        long n = varint();
        return n >>> 1 ^ -(n & 1);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ParquetException("metadata have a number that does not end");
    }
}
