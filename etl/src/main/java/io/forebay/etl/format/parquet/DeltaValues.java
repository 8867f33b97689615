package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;

/** DELTA_BINARY_PACKED: differences of whole numbers in blocks of miniblocks of bits, decoded value by value. */
final class DeltaValues implements Values {
    private static final int BLOCK_VALUES_MAX = 1 << 20;

    private final ByteBuffer in;
    private final boolean wide;
    private final int miniblocks;
    private final int miniblockValues;
    private final byte[] widths;
    private final long total;
    private long given;
    private long last;
    private long minDelta;
    private int miniblock;
    private int leftInMiniblock;
    private int width;
    private long bits;
    private int bitCount;

    /** @param wide for INT64, else INT32 */
    DeltaValues(ByteBuffer in, boolean wide) {
        this.in = in;
        this.wide = wide;
        long block = Varints.unsigned(in);
        long count = Varints.unsigned(in);
        ParquetException.require(block > 0 && block <= BLOCK_VALUES_MAX && count > 0 && count <= block
                && block % count == 0, "blocks of " + block + " differences in " + count + " parts");
        miniblocks = (int) count;
        miniblockValues = (int) (block / count);
        widths = new byte[miniblocks];
        miniblock = miniblocks;
        total = Varints.unsigned(in);
        last = Varints.zigzag(in);
    }

    /** How many values there are, by the header. */
    long total() {
        return total;
    }

    long nextLong() {
        ParquetException.require(given < total, "there are fewer values than the page promises");
        if (given++ > 0) {
            last += minDelta() + packed();
        }
        return wide ? last : (int) last;
    }

    private long minDelta() {
        while (leftInMiniblock == 0) {
            if (miniblock == miniblocks) {
                minDelta = Varints.zigzag(in);
                in.get(widths);
                miniblock = 0;
            }
            width = widths[miniblock++];
            ParquetException.require(width >= 0 && width <= Long.SIZE, "differences of " + width + " bits");
            leftInMiniblock = miniblockValues;
            bits = 0;
            bitCount = 0;
        }
        leftInMiniblock--;
        return minDelta;
    }

    private long packed() {
        long value = 0;
        int have = 0;
        while (have < width) {
            if (bitCount == 0) {
                bits = in.get() & 0xff;
                bitCount = 8;
            }
            int taken = Math.min(width - have, bitCount);
            value |= (bits & (1L << taken) - 1) << have;
            bits >>>= taken;
            bitCount -= taken;
            have += taken;
        }
        return value;
    }

    /** Goes behind the last block, where something else may begin. Only when all values were given. */
    void finish() {
        in.position(in.position() + (int) (((long) leftInMiniblock * width - bitCount) / 8));
    }

    @Override
    public Object next() {
        long value = nextLong();
        if (wide) {
            return value;
        }
        return (int) value;
    }
}
