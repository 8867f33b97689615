package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.record.RecordStore.CollectionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of batches: in the same write as what the batch did, gone with the collection or when they are old. */
class BatchKeyTest {
    @TempDir
    Path directory;

    private static BatchKey key(int collection, long seqId) {
        return new BatchKey(collection, seqId * 0x9e3779b97f4a7c15L, seqId, seqId, 1, (int) -seqId,
                1_700_000_000_000L);
    }

    private static List<BatchKey> keys(RecordStore store) {
        List<BatchKey> found = new ArrayList<>();
        store.readKeys(found::add);
        return found;
    }

    private static CollectionState apply(RecordStore store, int collection, long seqId) {
        Applier applier = store.applier(collection);
        applier.add(Stores.add("id-" + seqId), seqId, seqId);
        applier.remember(key(collection, seqId));
        return applier.commit();
    }

    @Test
    void aKeyIsThereWhenItsBatchIsAndNotBefore() {
        try (RecordStore store = Stores.open(directory)) {
            Applier applier = store.applier(1);
            applier.add(Stores.add("a"), 5, 5);
            applier.remember(key(1, 5));
            assertThat(keys(store)).isEmpty();
            applier.abort();
            applier.add(Stores.add("a"), 5, 5);
            applier.commit();
            assertThat(keys(store)).isEmpty();
            applier.skip(6, 6, 1);
            applier.remember(key(1, 6));
            applier.commit();
            assertThat(keys(store)).containsExactly(key(1, 6));
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(keys(store)).containsExactly(key(1, 6));
            assertThat(store.state(1).appliedSeqId()).isEqualTo(6);
        }
    }

    @Test
    void keysAreForgottenUpToASeqIdAndByCollection() {
        try (RecordStore store = Stores.open(directory)) {
            for (long seqId : new long[]{1, 2, 300, 70_000}) {
                apply(store, 1, seqId);
                apply(store, 2, seqId);
            }
            store.forgetKeys(1, 300);
            assertThat(keys(store)).containsExactly(key(1, 70_000), key(2, 1), key(2, 2), key(2, 300),
                    key(2, 70_000));
            store.flush();
            store.drop(2);
            assertThat(keys(store)).containsExactly(key(1, 70_000));
        }
    }

    @Test
    void aBatchWithoutRecordsThatTookASeqIdCountsAsOneOperation() {
        try (RecordStore store = Stores.open(directory)) {
            apply(store, 1, 1);
            Applier applier = store.applier(1);
            applier.add(Stores.add(), 2, 2);
            CollectionState state = applier.commit();
            assertThat(state.operations()).isEqualTo(2);
            assertThat(state.live()).isEqualTo(1);
            assertThat(state.appliedSeqId()).isEqualTo(2);
        }
    }

    @Test
    void aStoreOfTheFormerFormatIsOpenedAndThenIsOneOfThis() throws IOException {
        try (RecordStore store = Stores.open(directory)) {
            Stores.apply(store, 1, Stores.add("a"));
        }
        FormerStore.turnInto(1, directory);
        try (RecordStore store = Stores.open(directory)) {
            assertThat(Stores.ids(store, 1)).containsExactly("a");
            assertThat(keys(store)).isEmpty();
            apply(store, 1, 2);
        }
        assertThat(Files.readString(directory.resolve("FORMAT")))
                .isEqualTo("forebay-records " + FormatMarker.VERSION + "\n");
        try (RecordStore store = Stores.open(directory)) {
            assertThat(keys(store)).containsExactly(key(1, 2));
        }
    }
}
