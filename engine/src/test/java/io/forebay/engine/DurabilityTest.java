package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a write is acknowledged: the request says, else the collection, else the store. */
class DurabilityTest {
    @TempDir
    Path directory;

    @Test
    void theRequestGoesBeforeTheCollectionAndTheCollectionBeforeTheStore() {
        for (Durability ofStore : Durability.values()) {
            try (Forebay store = Forebay.open(directory.resolve(ofStore.name()),
                    TestStores.small().withDurability(ofStore))) {
                UUID unsaid = create(store, "unsaid", null);
                assertThat(acked(store, unsaid, null)).isEqualTo(ofStore);
                for (Durability own : Durability.values()) {
                    UUID said = create(store, "said-" + own, own);
                    assertThat(acked(store, said, null)).isEqualTo(own);
                    assertThat(acked(store, said, Durability.OS)).isEqualTo(Durability.OS);
                    assertThat(acked(store, said, Durability.SYNC)).isEqualTo(Durability.SYNC);
                }
            }
        }
    }

    @Test
    void aCollectionThatAsksForASyncWaitsForIt() {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs())) {
            UUID safe = create(store, "safe", Durability.SYNC);
            for (int i = 0; i < 20; i++) {
                long seqId = store
                        .write(safe, TestStores.batch(Operation.UPSERT, "r", 0, 1, 4), WriteOptions.DEFAULT)
                        .join().maxSeqId();
                assertThat(store.stats().durableSeqId()).isGreaterThanOrEqualTo(seqId);
            }
        }
    }

    @Test
    void aCatalogOfTheFormerVersionIsRead() {
        CollectionInfo info = new CollectionInfo(new UUID(1, 2), 3, "t", "d", "n", null,
                CollectionConfig.DEFAULT.withBatchIngest(false), 5);
        byte[] now = CatalogCodec.encode(List.of(new CatalogChange.PutCollection(info)));
        // Version 3 had no read level and no lag: 24 bytes before the dimension and the origin.
        byte[] third = Arrays.copyOf(now, now.length - 24);
        System.arraycopy(now, now.length - 5, third, third.length - 5, 5);
        third[0] = 3;
        assertThat(CatalogCodec.decode(third)).containsExactly(new CatalogChange.PutCollection(info));
        // Version 2 had no origin, which is last, version 1 no durability either, which is followed by the dimension.
        byte[] second = Arrays.copyOf(third, third.length - 1);
        second[0] = 2;
        assertThat(CatalogCodec.decode(second)).containsExactly(new CatalogChange.PutCollection(info));
        byte[] former = Arrays.copyOf(second, second.length - 1);
        System.arraycopy(second, second.length - 4, former, former.length - 4, 4);
        former[0] = 1;
        assertThat(CatalogCodec.decode(former)).containsExactly(new CatalogChange.PutCollection(info));
        CollectionInfo synced = info.with("n", null, info.config().withDurability(Durability.SYNC));
        assertThat(CatalogCodec.decode(CatalogCodec.encode(List.of(new CatalogChange.PutCollection(synced)))))
                .containsExactly(new CatalogChange.PutCollection(synced));
    }

    private static UUID create(Forebay store, String name, Durability durability) {
        return store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name, null,
                CollectionConfig.DEFAULT.withDurability(durability), false).join().id();
    }

    private static Durability acked(Forebay store, UUID collection, Durability asked) {
        return store
                .write(collection, TestStores.batch(Operation.UPSERT, "r", 0, 1, 4), new WriteOptions(asked))
                .join().durability();
    }
}
