package io.forebay.index.record;

import static io.forebay.index.record.Stores.C;
import static io.forebay.index.record.Stores.add;
import static io.forebay.index.record.Stores.addOne;
import static io.forebay.index.record.Stores.apply;
import static io.forebay.index.record.Stores.delete;
import static io.forebay.index.record.Stores.get;
import static io.forebay.index.record.Stores.ids;
import static io.forebay.index.record.Stores.metadata;
import static io.forebay.index.record.Stores.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rule of add, upsert, update and delete, one sentence each. */
class OperationSemanticsTest {
    private static final float[] V = {1, 2};

    @TempDir
    Path directory;
    private RecordStore store;

    @BeforeEach
    void open() {
        store = Stores.open(directory);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void addKeepsEveryFieldAsItWasGiven() {
        var metadata = metadata("s", "text", "i", 5, "f", 5.0, "b", true, "list",
                new MetadataValue.StrArray(List.of("x", "y")));
        apply(store, C, one(Operation.ADD, "a", V, "the document", metadata, "file:///a"));
        assertThat(get(store, C, "a"))
                .isEqualTo(new RecordReader.Row(0, 0, "a", metadata, "the document", "file:///a"));
    }

    @Test
    void addIgnoresAnIdThatExists() {
        apply(store, C, addOne("a", "first", metadata("n", 1)));
        CollectionState state = apply(store, C, addOne("a", "second", metadata("n", 2)));
        assertThat(get(store, C, "a").document()).isEqualTo("first");
        assertThat(state).isEqualTo(new CollectionState(2, 1, 1, 1, 2));
    }

    @Test
    void ofEqualIdsInOneAddTheFirstWins() {
        RecordBatch batch = RecordBatch.builder(Operation.ADD).record("a", V, "first").record("b", V, "other")
                .record("a", V, "second").build();
        apply(store, C, batch);
        assertThat(get(store, C, "a").document()).isEqualTo("first");
        assertThat(ids(store, C)).containsExactly("a", "b");
    }

    @Test
    void upsertInsertsAnIdThatIsNew() {
        apply(store, C, one(Operation.UPSERT, "a", V, "text", metadata("n", 1, "gone", null), "u"));
        assertThat(get(store, C, "a"))
                .isEqualTo(new RecordReader.Row(0, 0, "a", metadata("n", 1), "text", "u"));
    }

    @Test
    void upsertMergesMetadataAndANullRemovesItsKey() {
        apply(store, C, addOne("a", null, metadata("keep", 1, "change", 1, "remove", 1)));
        apply(store, C, one(Operation.UPSERT, "a", V, null,
                metadata("change", "now a string", "remove", null, "new", true), null));
        assertThat(get(store, C, "a").metadata())
                .isEqualTo(metadata("keep", 1, "change", "now a string", "new", true));
    }

    @Test
    void upsertReplacesDocumentAndUriOnlyIfGiven() {
        apply(store, C, one(Operation.ADD, "a", V, "document", null, "uri"));
        apply(store, C, one(Operation.UPSERT, "a", V, null, null, null));
        assertThat(get(store, C, "a")).extracting("document", "uri").containsExactly("document", "uri");
        apply(store, C, one(Operation.UPSERT, "a", V, "new document", null, null));
        assertThat(get(store, C, "a")).extracting("document", "uri").containsExactly("new document", "uri");
        apply(store, C, one(Operation.UPSERT, "a", V, null, null, "new uri"));
        assertThat(get(store, C, "a")).extracting("document", "uri")
                .containsExactly("new document", "new uri");
    }

    @Test
    void upsertTakesANewOrdinalAndKeepsTheRow() {
        apply(store, C, add("a", "b"));
        Applier applier = store.applier(C);
        applier.add(one(Operation.UPSERT, "a", V, null, null, null), 3, 3);
        VectorChanges vectors = applier.vectors();
        assertThat(vectors.firstOrdinal()).isEqualTo(2);
        assertThat(vectors.count()).isEqualTo(1);
        assertThat(vectors.rows()).containsExactly(0);
        assertThat(vectors.killedOrdinals()).containsExactly(0);
        applier.commit();
        assertThat(get(store, C, "a")).extracting("row", "ordinal").containsExactly(0, 2);
        assertThat(ids(store, C)).containsExactly("a", "b");
    }

    @Test
    void updateIgnoresAnIdThatIsMissing() {
        CollectionState state = apply(store, C, one(Operation.UPDATE, "a", V, "text", null, null));
        assertThat(state).isEqualTo(new CollectionState(1, 0, 0, 0, 1));
        assertThat(ids(store, C)).isEmpty();
    }

    @Test
    void updateWithoutEmbeddingKeepsTheOrdinal() {
        apply(store, C, addOne("a", "old", metadata("n", 1)));
        apply(store, C, one(Operation.UPDATE, "a", null, "new", metadata("n", 2), "uri"));
        assertThat(get(store, C, "a"))
                .isEqualTo(new RecordReader.Row(0, 0, "a", metadata("n", 2), "new", "uri"));
        assertThat(store.state(C).ordinals()).isEqualTo(1);
    }

    @Test
    void updateMayGiveADocumentToARecordWithout() {
        apply(store, C, addOne("a", null, null));
        apply(store, C, one(Operation.UPDATE, "a", null, "now", null, null));
        assertThat(get(store, C, "a").document()).isEqualTo("now");
    }

    @Test
    void anEmptyDocumentIsADocument() {
        apply(store, C, addOne("a", "", null));
        assertThat(get(store, C, "a").document()).isEmpty();
    }

    @Test
    void metadataWhoseKeysAreAllRemovedReadsNull() {
        apply(store, C, addOne("a", null, metadata("n", 1)));
        apply(store, C, one(Operation.UPDATE, "a", null, null, metadata("n", null), null));
        assertThat(get(store, C, "a").metadata()).isNull();
    }

    @Test
    void anEmptyArrayIsStoredAsNothingAndRemovesItsKey() {
        var empty = new MetadataValue.StrArray(List.of());
        apply(store, C, one(Operation.UPSERT, "a", V, null, metadata("list", empty, "n", 1), null));
        assertThat(get(store, C, "a").metadata()).isEqualTo(metadata("n", 1));
        apply(store, C, one(Operation.UPDATE, "a", null, null, metadata("n", empty), null));
        assertThat(get(store, C, "a").metadata()).isNull();
    }

    @Test
    void aScalarMayBecomeAnArrayAndBack() {
        var list = new MetadataValue.IntArray(List.of(1L, 2L));
        apply(store, C, addOne("a", null, metadata("n", 1)));
        apply(store, C, one(Operation.UPDATE, "a", null, null, metadata("n", list), null));
        assertThat(get(store, C, "a").metadata()).isEqualTo(metadata("n", list));
        apply(store, C, one(Operation.UPDATE, "a", null, null, metadata("n", 2.5), null));
        assertThat(get(store, C, "a").metadata()).isEqualTo(metadata("n", 2.5));
    }

    @Test
    void operationsOnOneIdInABatchApplyInOrder() {
        RecordBatch batch = RecordBatch.builder(Operation.UPSERT)
                .record("a", V, "one", metadata("x", 1, "y", 1), null)
                .record("a", V, "two", metadata("y", 2, "x", null), "u")
                .record("a", V, null, metadata("z", 3), null).build();
        CollectionState state = apply(store, C, batch);
        assertThat(get(store, C, "a"))
                .isEqualTo(new RecordReader.Row(0, 2, "a", metadata("y", 2, "z", 3), "two", "u"));
        assertThat(state).isEqualTo(new CollectionState(3, 1, 3, 1, 3));
        assertThat(store.liveOrdinals(C).toArray()).containsExactly(2);
    }

    @Test
    void deleteRemovesWhatExistsAndIgnoresTheRest() {
        apply(store, C, add("a", "b", "c"));
        CollectionState state = apply(store, C, delete("b", "missing", "b"));
        assertThat(ids(store, C)).containsExactly("a", "c");
        assertThat(state).isEqualTo(new CollectionState(6, 3, 3, 2, 6));
        assertThat(store.liveOrdinals(C).toArray()).containsExactly(0, 2);
    }

    @Test
    void anIdAddedAgainAfterDeletionMovesToTheEndAndKeepsNothing() {
        apply(store, C, one(Operation.ADD, "a", V, "document", metadata("n", 1), "uri"));
        apply(store, C, add("b"));
        apply(store, C, delete("a"));
        apply(store, C, add("a"));
        assertThat(ids(store, C)).containsExactly("b", "a");
        assertThat(get(store, C, "a")).isEqualTo(new RecordReader.Row(2, 2, "a", null, null, null));
    }

    @Test
    void batchesOfOneCommitSeeEachOther() {
        Applier applier = store.applier(C);
        applier.add(addOne("a", "one", metadata("x", 1)), 1, 1);
        applier.add(one(Operation.UPDATE, "a", null, null, metadata("y", 2), null), 2, 2);
        applier.add(delete("a"), 3, 3);
        applier.add(add("b", "a"), 4, 5);
        applier.add(one(Operation.UPSERT, "b", V, "text", null, null), 6, 6);
        VectorChanges vectors = applier.vectors();
        assertThat(vectors.batches()).containsExactly(0, 3, 3, 4);
        assertThat(vectors.embeddingIndexes()).containsExactly(0, 0, 1, 0);
        assertThat(vectors.rows()).containsExactly(0, 1, 2, 1);
        assertThat(vectors.killedOrdinals()).containsExactly(0, 1);
        assertThat(applier.commit()).isEqualTo(new CollectionState(6, 3, 4, 2, 6));
        assertThat(get(store, C, "b")).isEqualTo(new RecordReader.Row(1, 3, "b", null, "text", null));
        assertThat(get(store, C, "a")).isEqualTo(new RecordReader.Row(2, 2, "a", null, null, null));
    }

    @Test
    void embeddingIndexesOfAPartialBatchAreThoseOfTheBatch() {
        apply(store, C, add("a", "b", "c"));
        RecordBatch batch = RecordBatch.builder(Operation.UPDATE).record("a", null, "x", null, null)
                .record("missing", V, "x", null, null).record("c", V, "x", null, null).build();
        Applier applier = store.applier(C);
        applier.add(batch, 4, 6);
        assertThat(applier.vectors().embeddingIndexes()).containsExactly(1);
        assertThat(applier.vectors().rows()).containsExactly(2);
    }

    @Test
    void aBatchAtOrBelowThePositionIsSkipped() {
        Applier applier = store.applier(C);
        assertThat(applier.add(add("a"), 1, 1)).isTrue();
        assertThat(applier.add(addOne("a", "x", null), 1, 1)).isFalse();
        CollectionState state = applier.commit();
        assertThat(applier.add(delete("a"), 1, 1)).isFalse();
        assertThat(applier.commit()).isEqualTo(state);
        assertThat(ids(store, C)).containsExactly("a");
    }

    @Test
    void aBatchAcrossThePositionIsRefused() {
        Applier applier = store.applier(C);
        applier.add(add("a", "b"), 1, 2);
        assertThatThrownBy(() -> applier.add(add("c", "d"), 2, 3)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("middle of the batch 2 to 3");
    }

    @Test
    void skippingMovesThePositionOnly() {
        Applier applier = store.applier(C);
        applier.skip(1, 10, 10);
        assertThat(applier.commit()).isEqualTo(new CollectionState(10, 0, 0, 0, 10));
        assertThat(applier.add(add("a"), 5, 5)).isFalse();
    }

    @Test
    void aBatchThatCannotBeAppliedLeavesTheApplierAsBefore() {
        Applier applier = store.applier(C);
        applier.add(addOne("a", "text", metadata("n", 1)), 1, 1);
        // An update batch takes records without embeddings; an upsert that inserts does not. Only wrapped
        // bytes can say so.
        byte[] bytes = new byte[RecordBatch.builder(Operation.UPDATE)
                .record("a", V, "changed", metadata("n", 2), "u").record("new", null, null, null, null)
                .build()
                .encodedBytes()];
        RecordBatch.builder(Operation.UPDATE).record("a", V, "changed", metadata("n", 2), "u")
                .record("new", null, null, null, null).build().encoded().get(bytes);
        bytes[5] = (byte) Operation.UPSERT.code();
        RecordBatch broken = RecordBatch.wrap(java.nio.ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> applier.add(broken, 2, 3)).isInstanceOf(ForebayException.class)
                .hasMessageContaining("has no embedding");
        assertThat(applier.vectors().count()).isEqualTo(1);
        assertThat(applier.vectors().killedOrdinals()).isEmpty();
        applier.skip(2, 3, 2);
        assertThat(applier.add(one(Operation.UPDATE, "a", null, null, metadata("m", 1), null), 4, 4))
                .isTrue();
        assertThat(applier.commit()).isEqualTo(new CollectionState(4, 1, 1, 1, 4));
        assertThat(get(store, C, "a"))
                .isEqualTo(new RecordReader.Row(0, 0, "a", metadata("n", 1, "m", 1), "text", null));
        assertThat(get(store, C, "new")).isNull();
    }

    @Test
    void abortForgetsWhatWasNotCommitted() {
        Applier applier = store.applier(C);
        applier.add(add("a"), 1, 1);
        applier.commit();
        applier.add(add("b"), 2, 2);
        applier.abort();
        assertThat(applier.vectors().count()).isZero();
        applier.add(add("c"), 2, 2);
        applier.commit();
        assertThat(ids(store, C)).containsExactly("a", "c");
    }

    @Test
    void collectionsDoNotSeeEachOther() {
        int[] collections = {0, 1, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
        for (int collection : collections) {
            apply(store, collection, addOne("same", "in " + collection, metadata("c", collection)));
            apply(store, collection, add("only-" + collection));
        }
        apply(store, 1, delete("same"));
        for (int collection : collections) {
            if (collection != 1) {
                assertThat(ids(store, collection)).containsExactly("same", "only-" + collection);
                assertThat(get(store, collection, "same").document()).isEqualTo("in " + collection);
            }
        }
        assertThat(ids(store, 1)).containsExactly("only-1");
        assertThat(ids(store, 2)).isEmpty();
    }

    @Test
    void anApplierWhosePlaceWasTakenWorksNoMore() {
        Applier first = store.applier(C);
        first.add(add("a"), 1, 1);
        Applier second = store.applier(C);
        assertThatThrownBy(first::commit).isInstanceOf(IllegalStateException.class);
        second.add(add("b"), 1, 1);
        second.commit();
        assertThat(ids(store, C)).containsExactly("b");
    }
}
