package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

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
}
