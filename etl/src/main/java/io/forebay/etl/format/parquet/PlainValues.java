package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values as they are, one behind the other. */
final class PlainValues implements Values {
    private static final int INT96_BYTES = 12;

    private final Leaf leaf;
    private final ByteBuffer in;
    private int bit;

    PlainValues(Leaf leaf, ByteBuffer in) {
        this.leaf = leaf;
        this.in = in.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public Object next() {
        return switch (leaf.type()) {
            case BOOLEAN -> bool();
            case INT32 -> in.getInt();
            case INT64 -> in.getLong();
            case FLOAT -> in.getFloat();
            case DOUBLE -> in.getDouble();
            case INT96 -> slice(INT96_BYTES);
            case FIXED -> slice(leaf.bytes());
            case BINARY -> slice(in.getInt());
        };
    }

    @Override
    public float nextFloat() {
        return leaf.type() == Leaf.Type.FLOAT ? in.getFloat() : ((Number) next()).floatValue();
    }

    private boolean bool() {
        boolean value = (in.get(in.position()) >> bit & 1) == 1;
        bit = bit + 1 & 7;
        if (bit == 0) {
            in.position(in.position() + 1);
        }
        return value;
    }

    private ByteBuffer slice(int length) {
        ParquetException.require(length >= 0 && length <= in.remaining(), "a value of " + length
                + " bytes goes beyond its page");
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        return slice;
    }
}
