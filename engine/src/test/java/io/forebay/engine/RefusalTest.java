package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Hit;
import io.forebay.model.HnswConfig;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client could mend is refused before the log has it, never found by an indexer. */
class RefusalTest {
    @TempDir
    Path directory;

    private Forebay store;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aGraphThatCannotBeBuiltIsRefused() {
        HnswConfig impossible = new HnswConfig(Space.L2, 100, 100, 1, 1, 100, 1000, 1.2);
        refused(store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs", null,
                CollectionConfig.DEFAULT.withHnsw(impossible), false));
        UUID docs = TestStores.create(store, "docs");
        refused(store.updateCollection(docs,
                CollectionChange.NONE.withMaxNeighbors(1)));
        refused(store.updateCollection(docs,
                CollectionChange.NONE.withMaxNeighbors(1 << 20)));
        refused(store.updateCollection(docs,
                CollectionChange.NONE.withEfSearch(0)));
    }

    @Test
    void aDimensionThatTheKernelsCannotAddressIsRefused() {
        assertThatThrownBy(() -> TestStores.small().withDimensionMax((1 << 16) + 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("65536");
    }

    @Test
    void newRecordsWithoutEmbeddingsAreRefusedWhoeverMadeTheBatch() {
        UUID docs = TestStores.create(store, "docs");
        RecordBatch update = RecordBatch.builder(Operation.UPDATE)
                .record("r-0", null, "text", null, null).build();
        ByteBuffer bytes = ByteBuffer.allocate(update.encodedBytes()).put(update.encoded()).flip();
        bytes.put(5, (byte) Operation.UPSERT.code());
        refused(store.write(docs, RecordBatch.wrap(bytes), WriteOptions.DEFAULT));
    }

    @Test
    void embeddingsThatAreNotFiniteAreRefusedWhoeverMadeTheBatch() {
        UUID docs = TestStores.create(store, "docs");
        RecordBatch fine = TestStores.batch(Operation.ADD, "r", 0, 3, 8);
        int last = indexOf(fine, TestStores.vector(2, 8)[7]);
        for (float value : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            ByteBuffer bytes = ByteBuffer.allocate(fine.encodedBytes()).put(fine.encoded()).flip();
            bytes.order(ByteOrder.LITTLE_ENDIAN).putFloat(last, value);
            refused(store.write(docs, RecordBatch.wrap(bytes), WriteOptions.DEFAULT));
        }
        store.write(docs, RecordBatch.wrap(fine.encoded()), WriteOptions.DEFAULT).join();
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(3);
    }

    private static int indexOf(RecordBatch batch, float value) {
        ByteBuffer bytes = batch.encoded().order(ByteOrder.LITTLE_ENDIAN);
        int at = bytes.position();
        while (bytes.getFloat(at) != value) {
            at += 4;
        }
        return at - bytes.position();
    }

    @Test
    void aQueryOfAnotherDimensionIsRefusedAlsoWhenItCameBeforeTheFirstVector() {
        UUID docs = TestStores.create(store, "docs");
        long next = store.stats().lastSeqId() + 1;
        CompletableFuture<List<List<Hit>>> early = store.query(docs,
                QueryRequest.nearest(TestStores.vector(0, 5), 1),
                new ReadOptions(ReadLevel.INDEX_AND_WAL, next, 0));
        store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 1, 8), WriteOptions.DEFAULT).join();
        refused(early);
    }

    @Test
    void aQueryForAnImpossibleNumberOfResultsIsRefused() {
        UUID docs = TestStores.create(store, "docs");
        store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 1, 8), WriteOptions.DEFAULT).join();
        refused(store.query(docs, QueryRequest.nearest(TestStores.vector(0, 8), -1), ReadOptions.DEFAULT));
        for (int ef : new int[]{-1, 100_001}) {
            refused(store.query(docs,
                    new QueryRequest(List.of(TestStores.vector(0, 8)), 1, null, null, Set.of(), ef),
                    ReadOptions.DEFAULT));
        }
    }

    private static void refused(CompletableFuture<?> future) {
        assertThatThrownBy(future::join).cause().isInstanceOfSatisfying(ForebayException.class,
                told -> assertThat(told.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }
}
