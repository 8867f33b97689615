package io.forebay.index.record;

import static io.forebay.index.record.Stores.C;
import static io.forebay.index.record.Stores.add;
import static io.forebay.index.record.Stores.apply;
import static io.forebay.index.record.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdFilterTest {
    private static final int KEYS = 200_000;

    @TempDir
    Path directory;

    @Test
    void everyAddedIdMayExistAndFewOthersDo() {
        try (Database db = Database.open(directory, Stores.small(), () -> {})) {
            AtomicLong free = new AtomicLong(1 << 20);
            IdFilter filter = new IdFilter(db, C, true, free);
            assertThat(filter.mayExist(hash(filter, "x"))).isFalse();
            for (int i = 0; i < KEYS; i++) {
                filter.add(hash(filter, "id" + i));
            }
            int falseAlarms = 0;
            for (int i = 0; i < KEYS; i++) {
                assertThat(filter.mayExist(hash(filter, "id" + i))).isTrue();
                falseAlarms += filter.mayExist(hash(filter, "other" + i)) ? 1 : 0;
            }
            assertThat(falseAlarms).isLessThan(KEYS / 20);
            assertThat(free.get()).isBetween(0L, (1L << 20) - 2 * KEYS);
            filter.release();
            assertThat(free.get()).isEqualTo(1 << 20);
            assertThat(filter.mayExist(hash(filter, "other"))).as("nothing is known any more").isTrue();
        }
    }

    @Test
    void aFilterBeyondItsBudgetGivesUpAndGivesTheMemoryBack() {
        try (Database db = Database.open(directory, Stores.small(), () -> {})) {
            AtomicLong free = new AtomicLong(100_000);
            IdFilter filter = new IdFilter(db, C, true, free);
            for (int i = 0; i < KEYS; i++) {
                filter.add(hash(filter, "id" + i));
            }
            assertThat(free.get()).isEqualTo(100_000);
            assertThat(filter.mayExist(hash(filter, "other"))).isTrue();
        }
    }

    @Test
    void aFilterBuiltWhileBatchesArePendingMissesNone() {
        String[] first = new String[40];
        for (int i = 0; i < first.length; i++) {
            first[i] = "first" + i;
        }
        try (RecordStore store = Stores.open(directory)) {
            apply(store, C, add(first));
        }
        try (RecordStore store = Stores.open(directory)) {
            Applier applier = store.applier(C);
            applier.add(add("a", "b", "c", "d", "e", "f"), 41, 46);
            applier.add(add("g", "h"), 47, 48);
            applier.commit();
            // By now the filter is worth building; it must know of everything above.
            applier.add(add("a", "first0", "h", "new"), 49, 52);
            applier.commit();
            applier.add(add("a", "first1", "g", "new"), 53, 56);
            assertThat(applier.commit().live()).isEqualTo(49);
            assertThat(ids(store, C)).hasSize(49).doesNotHaveDuplicates().endsWith("g", "h", "new");
        }
    }

    private static long hash(IdFilter filter, String id) {
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        return filter.hash.of(bytes, 0, bytes.length);
    }
}
