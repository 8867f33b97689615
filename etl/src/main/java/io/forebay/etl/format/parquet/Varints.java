package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;

final class Varints {
    private Varints() {}

    static long unsigned(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ParquetException("a number does not end");
    }

    static long zigzag(ByteBuffer in) {
        long n = unsigned(in);
        return n >>> 1 ^ -(n & 1);
    }
}
