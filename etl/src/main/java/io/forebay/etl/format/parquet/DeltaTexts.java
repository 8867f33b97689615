package io.forebay.etl.format.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. DELTA_BYTE_ARRAY: before that how much of the value before is taken
 * over by each.
 */
final class DeltaTexts implements Values {
    private static final int VALUE_BYTES_MAX = 64 << 20;

    private final ByteBuffer bytes;
    private final int[] prefixes;
    private final int[] lengths;
    private int next;
    private byte[] before = new byte[0];

    private DeltaTexts(int[] prefixes, int[] lengths, ByteBuffer bytes) {
        this.prefixes = prefixes;
        this.lengths = lengths;
        this.bytes = bytes;
    }

    /** @param countMax how many values the page has at most */
    static DeltaTexts ofLengths(ByteBuffer in, int countMax) {
        int[] lengths = numbers(in, countMax);
        return new DeltaTexts(new int[0], lengths, in);
    }

    static DeltaTexts ofPrefixes(ByteBuffer in, int countMax) {
        int[] prefixes = numbers(in, countMax);
        int[] lengths = numbers(in, countMax);
        ParquetException.require(prefixes.length == lengths.length, "there are " + prefixes.length
                + " beginnings and " + lengths.length + " ends");
        return new DeltaTexts(prefixes, lengths, in);
    }

    private static int[] numbers(ByteBuffer in, int countMax) {
        DeltaValues deltas = new DeltaValues(in, true);
        ParquetException.require(deltas.total() >= 0 && deltas.total() <= countMax, "a page of " + countMax
                + " values has " + deltas.total());
        int[] numbers = new int[(int) deltas.total()];
        for (int i = 0; i < numbers.length; i++) {
            long number = deltas.nextLong();
            ParquetException.require(number >= 0 && number <= VALUE_BYTES_MAX,
                    "a value of " + number + " bytes");
            numbers[i] = (int) number;
        }
        deltas.finish();
        return numbers;
    }

    @Override
    public Object next() {
        ParquetException.require(next < lengths.length, "there are fewer values than the page promises");
        int length = lengths[next];
        ParquetException.require(length <= bytes.remaining(), "a value of " + length
                + " bytes goes beyond its page");
        if (prefixes.length == 0) {
            next++;
            ByteBuffer slice = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            return slice;
        }
        int prefix = prefixes[next++];
        ParquetException.require(prefix <= before.length && prefix <= VALUE_BYTES_MAX - length,
                "a beginning of "
                        + prefix + " bytes is taken over from a value of " + before.length);
        byte[] value = Arrays.copyOf(before, prefix + length);
        bytes.get(value, prefix, length);
        before = value;
        return ByteBuffer.wrap(value);
    }
}
