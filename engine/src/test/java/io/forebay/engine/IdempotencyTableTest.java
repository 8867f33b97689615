package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.record.BatchKey;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdempotencyTableTest {
    private static final UUID ID = new UUID(1, 2);

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final IdempotencyTable table = new IdempotencyTable(new IdempotencyOptions(3, 60), now::get);

    private static RequestKey key(int collection, String text) {
        CollectionInfo info = new CollectionInfo(ID, collection, "t", "d", "n", null,
                CollectionConfig.DEFAULT, 0);
        return RequestKey.of(info, text, 7);
    }

    private BatchKey remember(int collection, String text, long seqId) {
        BatchKey remembered = new BatchKey(collection, key(collection, text).hash(), seqId, seqId, 1, 7,
                now.get());
        table.remember(remembered);
        return remembered;
    }

    @Test
    void theOldestGoFirstWhenThereAreTooMany() {
        for (int i = 1; i <= 5; i++) {
            remember(1, "k" + i, i);
        }
        assertThat(table.size()).isEqualTo(3);
        assertThat(table.find(key(1, "k2"))).isNull();
        assertThat(table.find(key(1, "k3"))).isNotNull();
    }

    @Test
    void noneIsOlderThanTheWindow() {
        remember(1, "old", 1);
        now.addAndGet(59_999);
        remember(1, "young", 2);
        assertThat(table.find(key(1, "old"))).isNotNull();
        now.addAndGet(1);
        assertThat(table.find(key(1, "old"))).isNull();
        assertThat(table.find(key(1, "young"))).isNotNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void anExpiredKeyBehindAYoungerOneIsForgottenToo() {
        remember(1, "from-the-future", 1);
        now.addAndGet(-30_000); // the clock was set back
        remember(1, "old", 2);
        now.addAndGet(60_000);
        assertThat(table.find(key(1, "from-the-future"))).isNotNull();
        assertThat(table.find(key(1, "old"))).isNull();
        BatchKey again = remember(1, "old", 3);
        assertThat(table.find(key(1, "old"))).isEqualTo(again);
    }

    @Test
    void whatIsRestoredIsInTheOrderOfTheLogWhateverItsOrder() {
        BatchKey[] keys = new BatchKey[5];
        for (int i = 0; i < 5; i++) {
            keys[i] = new BatchKey(1 + i % 2, key(1 + i % 2, "k" + i).hash(), i + 1, i + 1, 1, 7, now.get());
        }
        table.restore(List.of(keys[4], keys[0], keys[3], keys[1], keys[2]));
        assertThat(table.find(key(2, "k1"))).isNull();
        assertThat(table.find(key(1, "k2"))).isEqualTo(keys[2]);
        assertThat(table.find(key(1, "k4"))).isEqualTo(keys[4]);
    }

    @Test
    void aDroppedCollectionIsForgotten() {
        remember(1, "a", 1);
        remember(2, "a", 2);
        remember(1, "a", 3);
        remember(1, "b", 4);
        remember(1, "c", 5); // and the oldest of 2 goes
        remember(2, "b", 6); // and "a" of 1
        table.forget(1);
        assertThat(table.find(key(1, "b"))).isNull();
        assertThat(table.find(key(2, "b"))).isNotNull();
        assertThat(table.size()).isEqualTo(1);
        table.forget(2);
        table.forget(2);
        assertThat(table.size()).isZero();
    }

    @Test
    void theHashOfAKeyIsPartOfTheFormats() {
        // sha256(00000000000000010000000000000002 "k"): in the log and in RocksDB of every store that was written.
        assertThat(Long.toHexString(key(1, "k").hash())).isEqualTo("d8f725bdfdc2a009");
    }
}
