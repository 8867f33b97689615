package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second bytes of all, and so on. */
final class SplitValues implements Values {
    private final Leaf leaf;
    private final ByteBuffer in;
    private final int width;
    private final int count;
    private int next;

    SplitValues(Leaf leaf, ByteBuffer page) {
        this.leaf = leaf;
        in = page.slice();
        width = switch (leaf.type()) {
            case INT32, FLOAT -> 4;
            case INT64, DOUBLE -> 8;
            case FIXED -> leaf.bytes();
            default -> throw new ParquetException("values of type " + leaf.type() + " cannot be split");
        };
        count = in.remaining() / width;
    }

    @Override
    public Object next() {
        ParquetException.require(next < count, "there are fewer values than the page promises");
        byte[] value = new byte[width];
        for (int i = 0; i < width; i++) {
            value[i] = in.get(i * count + next);
        }
        next++;
        return new PlainValues(leaf, ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN)).next();
    }
}
