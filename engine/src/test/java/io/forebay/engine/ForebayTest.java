package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionSettings;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.LagPolicy;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForebayTest {
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

    @Test
    void aReadRightAfterTheAckSeesTheWrite() {
        for (int i = 0; i < 20; i++) {
            write(Operation.ADD, i * 10, i * 10 + 10);
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(i * 10 + 10);
        }
    }

    @Test
    void aRecordReadsBackAsItWasWritten() {
        RecordBatch batch = RecordBatch.builder(Operation.ADD)
                .record("a", new float[]{0.1f, -2, 3e-7f}, "text", Map.of("i", MetadataValue.of(5), "f",
                        MetadataValue.of(5.0), "s", MetadataValue.of("x"), "b", MetadataValue.of(true)),
                        "u://1")
                .record("b", new float[]{1, 2, 3}, null, null, null).build();
        store.write(docs, batch, WriteOptions.DEFAULT).join();
        List<StoredRecord> read = store.get(docs, GetRequest.ofIds("b", "a", "missing"), ReadOptions.DEFAULT)
                .join();
        assertThat(read).hasSize(2);
        assertThat(read.get(0).id()).isEqualTo("a");
        assertThat(read.get(0).embedding()).containsExactly(0.1f, -2, 3e-7f);
        assertThat(read.get(0).metadata()).isEqualTo(batch.metadata(0));
        assertThat(read.get(0).document()).isEqualTo("text");
        assertThat(read.get(0).uri()).isEqualTo("u://1");
        assertThat(read.get(1)).isEqualTo(new StoredRecord("b", read.get(1).embedding(), null, null, null));
    }

    @Test
    void aQueryFindsTheNearestWithExactDistances() {
        write(Operation.ADD, 0, 300);
        QueryRequest request = QueryRequest.nearest(TestStores.vector(42, 8), 3);
        List<Hit> hits = store.query(docs, request, ReadOptions.DEFAULT).join().get(0);
        assertThat(hits).hasSize(3);
        assertThat(hits.get(0).record().id()).isEqualTo("r-42");
        assertThat(hits.get(0).distance()).isZero();
        assertThat(hits.get(0).record().document()).isEqualTo("document 42");
        assertThat(hits.get(1).distance()).isLessThanOrEqualTo(hits.get(2).distance());
    }

    @Test
    void aFilterLimitsAQuery() {
        write(Operation.ADD, 0, 300);
        Where odd = new Where.Compare("parity", Where.Comparison.EQ, MetadataValue.of("odd"));
        List<Hit> hits = store.query(docs, QueryRequest.nearest(TestStores.vector(42, 8), 20).where(odd),
                ReadOptions.DEFAULT).join().get(0);
        assertThat(hits).hasSize(20)
                .allSatisfy(hit -> assertThat(hit.record().document()).matches("document \\d*[13579]"));
    }

    @Test
    void updatesReplaceAndDeletesRemove() {
        write(Operation.ADD, 0, 100);
        RecordBatch update = RecordBatch.builder(Operation.UPDATE)
                .record("r-7", TestStores.vector(1007, 8), "changed",
                        Map.of("n", MetadataValue.NULL, "new", MetadataValue.of(1)), null)
                .build();
        store.write(docs, update, WriteOptions.DEFAULT).join();
        List<Hit> hits = store
                .query(docs, QueryRequest.nearest(TestStores.vector(1007, 8), 1), ReadOptions.DEFAULT)
                .join().get(0);
        assertThat(hits.get(0).record().id()).isEqualTo("r-7");
        assertThat(hits.get(0).distance()).isZero();
        assertThat(hits.get(0).record().metadata())
                .isEqualTo(Map.of("parity", MetadataValue.of("odd"), "new", MetadataValue.of(1)));

        WriteAck deleted = store
                .delete(docs, DeleteRequest.ofIds("r-7", "r-8", "r-8", "missing"), WriteOptions.DEFAULT)
                .join();
        assertThat(deleted.records()).isEqualTo(2);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(98);
        assertThat(store.query(docs, QueryRequest.nearest(TestStores.vector(1007, 8), 1), ReadOptions.DEFAULT)
                .join()
                .get(0).get(0).record().id()).isNotEqualTo("r-7");
    }

    @Test
    void aDeleteByFilterRemovesWhatMatchesUpToItsLimit() {
        write(Operation.ADD, 0, 100);
        Where even = new Where.Compare("parity", Where.Comparison.EQ, MetadataValue.of("even"));
        assertThat(
                store.delete(docs, new DeleteRequest(null, even, 10), WriteOptions.DEFAULT).join().records())
                .isEqualTo(10);
        assertThat(store.delete(docs, new DeleteRequest(null, even, null), WriteOptions.DEFAULT).join()
                .records())
                .isEqualTo(40);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(50);
    }

    @Test
    void aDeleteMayNameMoreRecordsThanABatchMayHave() {
        store.close();
        store = Forebay.open(directory, TestStores.small().withBatchRecordsMax(50));
        write(Operation.ADD, 0, 50);
        write(Operation.ADD, 50, 100);
        Where all = new Where.Compare("n", Where.Comparison.GTE, MetadataValue.of(0));
        assertThat(
                store.delete(docs, new DeleteRequest(null, all, null), WriteOptions.DEFAULT).join().records())
                .isEqualTo(100);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isZero();
    }

    @Test
    void afterARestartWhatIsLinkedAgainIsShownAsLagUntilItIsDone() {
        write(Operation.ADD, 0, 3000);
        store.close();
        store = Forebay.open(directory, TestStores.small());
        CollectionStatus first = store.status(docs);
        assertThat(first.indexLag().records() > 0).isEqualTo(first.indexLag().bytes() > 0);
        store.flush(docs, Position.LINKED).join();
        assertThat(store.status(docs).indexLag()).isEqualTo(io.forebay.model.Lag.NONE);
    }

    @Test
    void everythingIsThereAfterARestart() {
        write(Operation.ADD, 0, 500);
        store.delete(docs, DeleteRequest.ofIds("r-0", "r-1"), WriteOptions.DEFAULT).join();
        WriteAck last = write(Operation.UPSERT, 499, 510);
        store.close();
        store = Forebay.open(directory, TestStores.small());
        assertThat(store.collection(docs).dimension()).isEqualTo(8);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(508);
        for (int i : new int[]{2, 250, 509}) {
            assertThat(store
                    .query(docs, QueryRequest.nearest(TestStores.vector(i, 8), 1), ReadOptions.DEFAULT).join()
                    .get(0).get(0).record().id()).isEqualTo("r-" + i);
        }
        assertThat(write(Operation.ADD, 1000, 1001).minSeqId()).isGreaterThan(last.maxSeqId());
    }

    @Test
    void seqIdsAreDenseOverAllCollections() {
        UUID other = TestStores.create(store, "other");
        WriteAck first = write(Operation.ADD, 0, 10);
        WriteAck second = store
                .write(other, TestStores.batch(Operation.ADD, "o", 0, 5, 4), WriteOptions.DEFAULT).join();
        WriteAck third = write(Operation.ADD, 10, 13);
        assertThat(first.maxSeqId() - first.minSeqId()).isEqualTo(9);
        assertThat(second.minSeqId()).isEqualTo(first.maxSeqId() + 1);
        assertThat(third.minSeqId()).isEqualTo(second.maxSeqId() + 1);
    }

    @Test
    void aWrongDimensionIsRefusedBeforeAnythingIsWritten() {
        write(Operation.ADD, 0, 10);
        long end = store.stats().lastSeqId();
        assertFails(
                () -> store.write(docs, TestStores.batch(Operation.ADD, "x", 0, 3, 9), WriteOptions.DEFAULT)
                        .join(),
                ErrorCode.INVALID_ARGUMENT, "Collection expecting embedding with dimension of 8, got 9");
        assertFails(
                () -> store.query(docs, QueryRequest.nearest(new float[3], 1), ReadOptions.DEFAULT).join(),
                ErrorCode.INVALID_ARGUMENT, "Collection expecting embedding with dimension of 8, got 3");
        assertThat(store.stats().lastSeqId()).isEqualTo(end);
    }

    @Test
    void theLimitOfABatchIsNamed() {
        store.close();
        store = Forebay.open(directory, TestStores.small().withBatchRecordsMax(5).withDimensionMax(16));
        assertFails(() -> write(Operation.ADD, 0, 6), ErrorCode.PAYLOAD_TOO_LARGE, "batchRecordsMax");
        assertFails(
                () -> store.write(docs, TestStores.batch(Operation.ADD, "x", 0, 3, 17), WriteOptions.DEFAULT)
                        .join(),
                ErrorCode.INVALID_ARGUMENT, "dimensionMax");
    }

    @Test
    void aFullLogAnswersBackoffUntilItIsApplied() {
        store.close();
        store = Forebay.open(directory, TestStores.small().withLogBytesMax(1));
        write(Operation.ADD, 0, 10);
        store.flush(docs, Position.APPLIED).join();
        write(Operation.ADD, 10, 20);
        assertThat(store.stats().pendingBytes()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void withBatchIngestOffTheAckWaitsUntilLinked() {
        UUID slow = store.getOrCreateCollection("slow", CollectionConfig.DEFAULT.withBatchIngest(false)).id();
        for (int i = 0; i < 5; i++) {
            WriteAck ack = store.write(slow, TestStores.batch(Operation.ADD, "s", i * 50, i * 50 + 50, 8),
                    WriteOptions.DEFAULT).join();
            assertThat(store.status(slow).linkedSeqId()).isGreaterThanOrEqualTo(ack.maxSeqId());
        }
    }

    @Test
    void positionsReachTheEndInTheirOrder() {
        WriteAck ack = write(Operation.ADD, 0, 2000);
        store.flush(docs, Position.DURABLE).join();
        store.flush(docs, Position.APPLIED).join();
        assertThat(store.status(docs).appliedSeqId()).isEqualTo(ack.maxSeqId());
        store.flush(docs, Position.LINKED).join();
        CollectionStatus status = store.status(docs);
        assertThat(status.linkedSeqId()).isEqualTo(ack.maxSeqId());
        assertThat(status.durableSeqId()).isEqualTo(ack.maxSeqId());
        assertThat(status.ackedSeqId()).isEqualTo(ack.maxSeqId());
        assertThat(status.operations()).isEqualTo(2000);
        assertThat(status.linkedOperations()).isEqualTo(2000);
        assertThat(status.indexLag().records()).isZero();
        assertThat(status.ingestLag().bytes()).isZero();
        assertThat(store.query(docs, QueryRequest.nearest(TestStores.vector(77, 8), 1),
                ReadOptions.of(ReadLevel.INDEX_ONLY)).join().get(0).get(0).record().id()).isEqualTo("r-77");
    }

    @Test
    void aDroppedCollectionIsGoneAndItsNameIsFree() {
        write(Operation.ADD, 0, 3000);
        TestStores.drop(store, "docs");
        assertFails(() -> store.count(docs, ReadOptions.DEFAULT).join(), ErrorCode.NOT_FOUND,
                "Collection [" + docs + "] does not exist.");
        UUID again = TestStores.create(store, "docs");
        assertThat(again).isNotEqualTo(docs);
        assertThat(store.count(again, ReadOptions.DEFAULT).join()).isZero();
        store.write(again, TestStores.batch(Operation.ADD, "n", 0, 10, 3), WriteOptions.DEFAULT).join();
        assertThat(store.count(again, ReadOptions.DEFAULT).join()).isEqualTo(10);
        store.close();
        store = Forebay.open(directory, TestStores.small());
        assertThat(store.count(again, ReadOptions.DEFAULT).join()).isEqualTo(10);
        assertThat(store.collections(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, null, 0)).hasSize(1);
        assertThat(directory.resolve("vectors")).isDirectoryContaining(path -> path.endsWith("2"))
                .isDirectoryNotContaining(path -> path.endsWith("1"));
    }

    @Test
    void resetLeavesTheDefaultsOnly() {
        write(Operation.ADD, 0, 100);
        store.createTenant("other").join();
        store.createDatabase("other", "db1").join();
        store.reset().join();
        assertThat(store.tenantExists("other")).isFalse();
        assertThat(store.tenantExists(Database.DEFAULT_TENANT)).isTrue();
        assertThat(store.collectionCount(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE)).isZero();
        assertThat(store.database(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE).id())
                .isEqualTo(Database.DEFAULT_DATABASE_ID);
    }

    @Test
    void theCatalogSurvivesARestart() {
        store.createTenant("acme").join();
        store.createDatabase("acme", "prod").join();
        var made = store.createCollection("acme", "prod", "things", Map.of("k", MetadataValue.of(1.5)),
                CollectionConfig.of(io.forebay.model.Space.COSINE).withBatchIngest(false), false).join();
        store.updateCollection(made.id(),
                CollectionChange.NONE.withName("renamed").withEfSearch(50).with(CollectionSettings.NONE
                        .withDurability(Durability.OS).withReadLevel(ReadLevel.INDEX_ONLY)
                        .withLag(LagPolicy.SLOW, 10_000L, null)))
                .join();
        store.close();
        store = Forebay.open(directory, TestStores.small());
        var read = store.collection("acme", "prod", "renamed");
        assertThat(read.id()).isEqualTo(made.id());
        assertThat(read.metadata()).isEqualTo(Map.of("k", MetadataValue.of(1.5)));
        assertThat(read.config().hnsw().efSearch()).isEqualTo(50);
        assertThat(read.config().hnsw().space()).isEqualTo(io.forebay.model.Space.COSINE);
        assertThat(read.config().batchIngest()).isFalse();
        assertThat(read.config().durability()).isEqualTo(Durability.OS);
        assertThat(read.config().settings().readLevel()).isEqualTo(ReadLevel.INDEX_ONLY);
        assertThat(read.config().settings().lagPolicy()).isEqualTo(LagPolicy.SLOW);
        assertThat(read.config().settings().lagRecordsMax()).isEqualTo(10_000);
        assertThat(read.config().settings().lagSecondsMax()).isNull();
        assertFails(() -> store.collection("acme", "prod", "things"), ErrorCode.NOT_FOUND, "does not exist");
    }

    @Test
    void namesThatExistAreRefused() {
        assertFails(() -> store.createTenant(Database.DEFAULT_TENANT).join(), ErrorCode.ALREADY_EXISTS,
                "Tenant [default_tenant] already exists");
        assertFails(
                () -> store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs", null,
                        CollectionConfig.DEFAULT, false).join(),
                ErrorCode.ALREADY_EXISTS, "Collection [docs] already exists");
        assertFails(() -> store.createCollection(Database.DEFAULT_TENANT, "nowhere", "docs", null,
                CollectionConfig.DEFAULT, false).join(), ErrorCode.INVALID_ARGUMENT,
                "Database [nowhere] does not exist");
    }

    @Test
    void onlyWhatIsIncludedIsRead() {
        write(Operation.ADD, 0, 3);
        StoredRecord bare = store.get(docs, new GetRequest(null, null, 1, 1, EnumSet.noneOf(Include.class)),
                ReadOptions.DEFAULT).join().get(0);
        assertThat(bare).isEqualTo(new StoredRecord("r-1", null, null, null, null));
    }

    @Test
    void aSecondOpenOfTheDirectoryNamesTheOwner() {
        assertFails(() -> Forebay.open(directory, TestStores.small()), ErrorCode.UNAVAILABLE,
                String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertFails(() -> Forebay.open(file.resolve("store"), TestStores.small()), ErrorCode.UNAVAILABLE,
                file.toString());
    }

    @Test
    void theWeakerDurabilityOfARequestIsNamedInItsAck() {
        WriteAck ack = store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 1, 8),
                new WriteOptions(Durability.OS)).join();
        assertThat(ack.durability()).isEqualTo(Durability.OS);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(1);
    }

    private WriteAck write(Operation operation, int from, int to) {
        return store.write(docs, TestStores.batch(operation, "r", from, to, 8), WriteOptions.DEFAULT).join();
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String part) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            assertThat(failure).isInstanceOf(ForebayException.class).hasMessageContaining(part);
            assertThat(((ForebayException) failure).code()).isEqualTo(code);
        });
    }
}
