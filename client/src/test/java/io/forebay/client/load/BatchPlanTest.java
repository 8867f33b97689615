package io.forebay.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static LoadRecord record(long position) {
        return new LoadRecord(position, "r" + position, new float[]{1}, null, null, null);
    }

    private static void put(BatchPlan plan, long position, int size) {
        LoadBatch batch = plan.openAt(position);
        if (batch == null) {
            batch = plan.reserve(position, size, 0);
        }
        assertThat(batch.put(record(position))).isTrue();
        if (batch.isFull()) {
            plan.filled(batch);
        }
    }

    @Test
    void rangesAreReservedAheadAndOnlyOnce() {
        BatchPlan plan = new BatchPlan(3, List.of(), List.of(), 0);
        put(plan, 0, 10);
        assertThat(plan.planned()).containsExactly(new PositionRange(0, 10), new PositionRange(10, 20),
                new PositionRange(20, 30));
        long version = plan.version();
        put(plan, 15, 10);
        assertThat(plan.version()).isEqualTo(version);
        plan.dropEmpty();
        put(plan, 22, 100);
        assertThat(plan.planned()).containsExactly(new PositionRange(0, 10), new PositionRange(10, 20),
                new PositionRange(22, 122), new PositionRange(122, 222), new PositionRange(222, 322));
    }

    @Test
    void whatAnEarlierLifePlannedKeepsItsBoundariesUntilTheEnd() {
        BatchPlan plan = new BatchPlan(1, List.of(new PositionRange(0, 10)),
                List.of(new PositionRange(10, 14)), 0);
        put(plan, 11, 2);
        put(plan, 14, 2);
        plan.cut(false);
        assertThat(plan.ready()).extracting(LoadBatch::range).containsExactly(new PositionRange(14, 15));
        put(plan, 10, 2);
        plan.cut(true);
        assertThat(plan.ready()).extracting(LoadBatch::range).containsExactly(new PositionRange(10, 12),
                new PositionRange(14, 15));
    }

    @Test
    void aCutLeavesOutWhatHasNotCome() {
        BatchPlan plan = new BatchPlan(1, List.of(), List.of(), 0);
        for (long position : new long[]{3, 4, 7}) {
            put(plan, position, 10);
        }
        plan.cut(false);
        assertThat(plan.planned()).containsExactly(new PositionRange(3, 5), new PositionRange(7, 8));
        put(plan, 5, 10);
        assertThat(plan.openAt(5).range()).isEqualTo(new PositionRange(5, 7));
        assertThatThrownBy(() -> plan.reserve(4, 10, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBatchIsHalvedDownToItsRecords() {
        BatchPlan plan = new BatchPlan(1, List.of(), List.of(), 0);
        LoadBatch whole = plan.reserve(0, 5, 0);
        whole.leaveOut(2);
        for (long position : new long[]{0, 1, 3, 4}) {
            whole.put(record(position));
        }
        plan.filled(whole);
        List<PositionRange> single = new ArrayList<>();
        for (LoadBatch next = whole; next != null; next = first(plan)) {
            plan.sent(next);
            if (next.records.size() > 1) {
                plan.halve(next);
            } else {
                single.add(next.range());
                plan.finished(next);
            }
        }
        assertThat(single).containsExactly(new PositionRange(0, 1), new PositionRange(1, 3),
                new PositionRange(3, 4), new PositionRange(4, 5));
        assertThat(whole.done).isCompleted();
        assertThat(plan.done().ranges()).containsExactly(new PositionRange(0, 5));
    }

    private static LoadBatch first(BatchPlan plan) {
        for (LoadBatch batch : plan.ready()) {
            return batch;
        }
        return null;
    }

    /** In any order, with sizes that change, halves and cuts: every position is in exactly one batch that is sent. */
    @Test
    void everyPositionIsSentOnce() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed " + seed);
        for (int round = 0; round < 300; round++) {
            SplittableRandom random = new SplittableRandom(seed + round);
            BatchPlan plan = new BatchPlan(1 + random.nextInt(4), List.of(), List.of(), 0);
            TreeSet<Long> sent = new TreeSet<>();
            List<Long> left = new ArrayList<>();
            for (long position = 0; position < 200; position++) {
                left.add(position);
            }
            while (!left.isEmpty()) {
                put(plan, left.remove(random.nextInt(Math.min(left.size(), 20))), 1 + random.nextInt(30));
                switch (random.nextInt(12)) {
                    case 0 -> plan.cut(false);
                    case 1 -> plan.dropEmpty();
                    default -> settle(plan, random, sent);
                }
            }
            plan.cut(true);
            for (LoadBatch next = first(plan); next != null; next = first(plan)) {
                settle(plan, random, sent);
            }
            assertThat(sent).as("seed %d", seed + round).hasSize(200);
            assertThat(plan.done().ranges()).containsExactly(new PositionRange(0, 200));
            assertThat(plan.planned()).isEmpty();
        }
    }

    private static void settle(BatchPlan plan, SplittableRandom random, TreeSet<Long> sent) {
        LoadBatch batch = first(plan);
        if (batch == null) {
            return;
        }
        plan.sent(batch);
        if (batch.records.size() > 1 && random.nextInt(4) == 0) {
            plan.halve(batch);
            return;
        }
        batch.records.forEach(record -> assertThat(sent.add(record.position())).isTrue());
        plan.finished(batch);
    }
}
