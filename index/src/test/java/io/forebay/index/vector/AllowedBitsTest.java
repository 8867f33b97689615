package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class AllowedBitsTest {

    private final Random random = TestVectors.random("AllowedBitsTest");

    private final AllowedBits bits = new AllowedBits();

    @Test
    void holdsWhatIsAllowedAndNotHiddenWhateverWasThereBefore() {
        for (int round = 0; round < 30; round++) {
            int end = 1 + random.nextInt(300_000);
            RoaringBitmap allowed = randomBitmap(400_000);
            int[] dead = random.ints(random.nextInt(3) * 5_000L, 0, end).toArray();
            DeadSet hidden = DeadSet.EMPTY.with(dead, dead.length);
            bits.set(allowed, hidden, end);
            for (int ordinal = 0; ordinal < 450_000; ordinal++) {
                boolean expected = ordinal < end && allowed.contains(ordinal) && !hidden.contains(ordinal);
                if (bits.contains(ordinal) != expected) {
                    assertThat(ordinal).as("end %d", end).isNegative();
                }
            }
        }
    }

    @Test
    void samplesAreMembersAndSpreadOverAllOfThem() {
        int[] out = new int[32];
        for (int round = 0; round < 30; round++) {
            RoaringBitmap allowed = randomBitmap(400_000);
            bits.set(allowed, DeadSet.EMPTY, 400_000);
            int found = bits.sample(out.length, out);
            int[] sample = Arrays.copyOf(out, found);
            assertThat(found).isEqualTo(Math.min(32, allowed.getCardinality()));
            assertThat(sample).doesNotHaveDuplicates().isSorted();
            assertThat(Arrays.stream(sample)).allMatch(allowed::contains);
            if (allowed.getCardinality() >= 64) {
                int share = allowed.getCardinality() / 32;
                assertThat(allowed.rank(sample[0])).isLessThanOrEqualTo(share);
                assertThat(allowed.rank(sample[31])).isGreaterThan(31 * share - share);
            }
        }
        bits.set(new RoaringBitmap(), DeadSet.EMPTY, 400_000);
        assertThat(bits.sample(32, out)).isZero();
    }

    /** Containers of every kind, and none. */
    private RoaringBitmap randomBitmap(int end) {
        RoaringBitmap bitmap = new RoaringBitmap();
        for (int from = 0; from < end; from += 1 << 16) {
            switch (random.nextInt(4)) {
                case 0 -> bitmap.add((long) from + random.nextInt(1000), from + 20_000L);
                case 1 -> random.ints(30, from, from + (1 << 16)).forEach(bitmap::add);
                case 2 -> random.ints(20_000, from, from + (1 << 16)).forEach(bitmap::add);
                default -> {
                }
            }
        }
        bitmap.runOptimize();
        bitmap.remove(end, 1L << 32);
        return bitmap;
    }
}
