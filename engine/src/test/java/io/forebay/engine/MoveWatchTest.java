package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Database;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveWatchTest {
    @TempDir
    Path directory;

    private Forebay store;
    private UUID docs;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small());
        docs = TestStores.create(store, "docs");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void write(UUID collection, String id) {
        store.write(collection,
                RecordBatch.builder(Operation.UPSERT).record(id, new float[]{1, 2, 3}, null).build(),
                WriteOptions.DEFAULT).join();
        store.flush(collection, Position.LINKED).join();
    }

    private static List<UUID> moved(MoveWatch watch) {
        return watch.take().moved().stream().map(CollectionStatus::id).toList();
    }

    @Test
    void whatMovedIsToldOnceAndAsItIsThen() {
        UUID still = TestStores.create(store, "still");
        try (MoveWatch watch = store.watchMoves(); MoveWatch other = store.watchMoves()) {
            assertThat(moved(watch)).isEmpty();
            write(docs, "a");
            write(docs, "b");
            List<CollectionStatus> moved = watch.take().moved();
            assertThat(moved).extracting(CollectionStatus::id).containsExactly(docs);
            assertThat(moved.getFirst().operations()).isEqualTo(2);
            assertThat(store.status(moved.getFirst().number()).id()).isEqualTo(docs);
            UUID made = TestStores.create(store, "made");
            assertThat(moved(watch)).contains(made).doesNotContain(still);
            assertThat(moved(other)).as("each has its own").contains(docs, made).doesNotContain(still);
        }
    }

    @Test
    void aDroppedCollectionIsToldToo() {
        try (MoveWatch watch = store.watchMoves()) {
            store.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs").join();
            MoveWatch.Moves moves = watch.take();
            assertThat(moves.moved()).isEmpty();
            assertThat(moves.dropped()).extracting(CollectionInfo::id).containsExactly(docs);
            UUID again = TestStores.create(store, "docs");
            assertThat(moved(watch)).containsExactly(again);
        }
    }

    @Test
    void whoDoesNotWatchAnyMoreKeepsNothing() {
        MoveWatch watch = store.watchMoves();
        watch.close();
        write(docs, "a");
        assertThat(moved(watch)).isEmpty();
    }

    @Test
    void theTimeToConsistencyIsKnownWhenSomethingWasDrained() {
        assertThat(store.status(docs).secondsUntilLinked()).isZero();
        write(docs, "a");
        assertThat(store.status(docs).applyRate().recordsPerSecond()).isPositive();
        assertThat(store.status(docs).linkRate().recordsPerSecond()).isPositive();
        assertThat(store.applyRate().bytesPerSecond()).isPositive();
    }
}
