package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;

/**
 * Decodes Parquet's hybrid of runs and bit-packed groups of eight, value by value, without making anything for what a length
 * claims. Behind the end of the bytes it throws.
 */
final class RunLengths {
    private final ByteBuffer in;
    private final int width;
    private long left;
    private boolean packed;
    private int value;
    private long bits;
    private int bitCount;

    /** @param in from its position on */
    RunLengths(ByteBuffer in, int width) {
        ParquetException.require(width >= 0 && width <= 32, "values have " + width + " bits");
        this.in = in;
        this.width = width;
    }

    int next() {
        while (left == 0) {
            run();
        }
        left--;
        if (!packed) {
            return value;
        }
        while (bitCount < width) {
            bits |= (in.hasRemaining() ? in.get() & 0xffL : 0) << bitCount; // the last group may be cut
            bitCount += 8;
        }
        int next = (int) (bits & (1L << width) - 1);
        bits >>>= width;
        bitCount -= width;
        return next;
    }

    private void run() {
        ParquetException.require(in.hasRemaining(), "there are fewer values than the page promises");
        long header = Varints.unsigned(in);
        packed = (header & 1) == 1;
        bits = 0;
        bitCount = 0;
        if (packed) {
            left = (header >>> 1) * 8;
        } else {
            left = header >>> 1;
            value = 0;
            for (int i = 0; i < (width + 7) / 8; i++) {
                value |= (in.get() & 0xff) << 8 * i;
            }
        }
    }
}
