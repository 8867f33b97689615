package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class DeadSetTest {

    @Test
    void everyVersionKeepsItsOwnMembers() {
        Random random = TestVectors.random("DeadSetTest");
        int range = 300_000;
        List<DeadSet> versions = new ArrayList<>(List.of(DeadSet.EMPTY));
        List<BitSet> expected = new ArrayList<>(List.of(new BitSet()));
        for (int version = 1; version < 40; version++) {
            int[] killed = random.ints(random.nextInt(500), 0, range).toArray();
            BitSet bits = (BitSet) expected.getLast().clone();
            for (int ordinal : killed) {
                bits.set(ordinal);
            }
            versions.add(versions.getLast().with(killed, killed.length));
            expected.add(bits);
        }
        for (int version = 0; version < versions.size(); version++) {
            DeadSet set = versions.get(version);
            BitSet bits = expected.get(version);
            assertThat(set.size()).isEqualTo(bits.cardinality());
            for (int ordinal = 0; ordinal < range + 100_000; ordinal += 1 + random.nextInt(7)) {
                assertThat(set.contains(ordinal)).isEqualTo(bits.get(ordinal));
            }
            int end = random.nextInt(range + 1000);
            assertThat(set.countBelow(end)).isEqualTo(bits.get(0, end).cardinality());
        }
    }

    @Test
    void fullChunksAreKnownAndCostNothing() {
        Random random = TestVectors.random("DeadSetTest");
        int count = 5 * 65_536 + 1000;
        BitSet live = new BitSet();
        for (int ordinal : random.ints(100, 3 * 65_536, count).toArray()) {
            live.set(ordinal);
        }
        live.set(70_000);
        RoaringBitmap bitmap = RoaringBitmap.bitmapOf(live.stream().toArray());
        bitmap.add(count + 10); // of no consequence
        DeadSet fromLive = DeadSet.without(bitmap, count);
        DeadSet byKilling = DeadSet.EMPTY;
        for (int from = 0; from < count; from += 10_000) {
            int[] killed = IntStream.range(from, Math.min(count, from + 10_000)).filter(i -> !live.get(i))
                    .toArray();
            byKilling = byKilling.with(killed, killed.length);
        }
        for (DeadSet set : new DeadSet[]{fromLive, byKilling, byKilling.with(new int[]{5, 6}, 2)}) {
            assertThat(set.size()).isEqualTo(count - live.cardinality());
            for (int ordinal = 0; ordinal < count + 200_000; ordinal += 1 + random.nextInt(5)) {
                assertThat(set.contains(ordinal)).isEqualTo(ordinal < count && !live.get(ordinal));
            }
            for (int round = 0; round < 2000; round++) {
                int from = random.nextInt(count + 100);
                int to = from + random.nextInt(random.nextBoolean() ? 200 : 150_000);
                boolean all = to <= count && live.get(from, Math.max(from, to)).isEmpty() || from >= to;
                assertThat(set.containsAll(from, to)).as("[%d, %d)", from, to).isEqualTo(all);
                int end = random.nextInt(count);
                assertThat(set.countBelow(end)).isEqualTo(end - live.get(0, end).cardinality());
            }
            // 0 and 2 are full, and shared by all sets.
            assertThat(set.sharesChunk(DeadSet.without(new RoaringBitmap(), 65_536), 0, 0)).isTrue();
            assertThat(set.sharesChunk(set, 0, 2)).isTrue();
            assertThat(set.sharesChunk(set, 0, 1)).isFalse();
        }
        assertThat(byKilling.with(new int[]{70_000}, 1).containsAll(0, 3 * 65_536)).isTrue();
    }
}
