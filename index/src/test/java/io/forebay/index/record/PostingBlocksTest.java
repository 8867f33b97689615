package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blocks of postings against a plain set of bits, and the order of the terms of numbers. */
class PostingBlocksTest {

    @Test
    void whatIsWrittenInPartsIsReadAsOneSet() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("PostingBlocksTest seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            BitSet expected = new BitSet();
            byte[] value = new byte[0];
            for (int part = random.nextInt(20); part >= 0; part--) {
                boolean remove = random.nextInt(3) == 0;
                int[] rows = rows(random);
                byte[] written = new byte[PostingBlocks.bytesMax(rows.length)];
                int length = PostingBlocks.write(written, 0, remove, rows, 0, rows.length);
                value = Arrays.copyOf(value, value.length + length);
                System.arraycopy(written, 0, value, value.length - length, length);
                for (int row : rows) {
                    expected.set(row & 0xFFFF, !remove);
                }
            }
            long[] words = new long[PostingBlocks.WORDS];
            PostingBlocks.applyTo(words, value, value.length);
            assertThat(BitSet.valueOf(words)).isEqualTo(expected);
        }
    }

    /** Runs, gaps and repetitions; all of one chunk, whichever it is. */
    private static int[] rows(Random random) {
        int chunk = random.nextInt(3) << 16;
        int[] rows = new int[1 + random.nextInt(random.nextInt(4) == 0 ? 40_000 : 50)];
        int row = random.nextInt(1 << 16);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = chunk | row & 0xFFFF;
            row += random.nextInt(5) > 0 ? 1 : random.nextInt(1000);
        }
        return rows;
    }

    @Test
    void aDamagedValueIsRefused() {
        byte[] written = new byte[PostingBlocks.bytesMax(4)];
        int length = PostingBlocks.write(written, 0, false, new int[]{1, 5, 9, 13}, 0, 4);
        long[] words = new long[PostingBlocks.WORDS];
        assertThatThrownBy(() -> PostingBlocks.applyTo(words, written, length - 1))
                .isInstanceOf(RecordStoreException.class);
        assertThatThrownBy(() -> PostingBlocks.applyTo(words, new byte[]{0, (byte) 0xC0, 0, 0}, 4))
                .isInstanceOf(RecordStoreException.class);
        assertThatThrownBy(() -> PostingBlocks.applyTo(words, new byte[]{9, (byte) 0x80, -1, -1}, 4))
                .isInstanceOf(RecordStoreException.class);
    }

    @Test
    void termsOfNumbersAreOrderedAsTheNumbersAre() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("PostingBlocksTest seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            long whole = random.nextLong() >> random.nextInt(64);
            double other = switch (random.nextInt(3)) {
                case 0 -> whole + random.nextInt(3) - 1.0;
                case 1 -> Double.longBitsToDouble(random.nextLong());
                default -> random.nextGaussian();
            };
            if (!Double.isNaN(other)) {
                assertThat(Integer.signum(Arrays.compareUnsigned(term(whole), term(other))))
                        .as("%s and %s", whole, other).isEqualTo(Numbers.compare(whole, other));
            }
        }
        assertThat(term(0.0)).isEqualTo(term(-0.0)).isEqualTo(term(0L));
        assertThat(Arrays.compareUnsigned(term(Long.MAX_VALUE - 1), term(Long.MAX_VALUE))).isNegative();
    }

    private static byte[] term(long value) {
        Terms terms = new Terms(1).field(new byte[]{'k'});
        terms.integer(value, (byte) 0);
        return terms.toByteArray();
    }

    private static byte[] term(double value) {
        Terms terms = new Terms(1).field(new byte[]{'k'});
        terms.real(value, (byte) 0);
        return terms.toByteArray();
    }
}
