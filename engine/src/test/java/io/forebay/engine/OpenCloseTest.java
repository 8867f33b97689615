package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What open and close leave behind when something is in the way. */
class OpenCloseTest {
    @TempDir
    Path directory;

    @Test
    void anOpenThatFailedHalfWayCanBeRepeated() throws Exception {
        UUID docs;
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            docs = TestStores.create(store, "docs");
            store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 10, 8), WriteOptions.DEFAULT).join();
            store.flush(docs, Position.APPLIED).join();
        }
        Path vectors = directory.resolve("vectors");
        Path aside = directory.resolve("aside");
        Files.move(vectors, aside);
        Files.createFile(vectors);
        assertThatThrownBy(() -> Forebay.open(directory, TestStores.small()))
                .isInstanceOf(ForebayException.class);
        Files.delete(vectors);
        Files.move(aside, vectors);
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(10);
        }
    }

    @Test
    void everythingThatIsAskedOfAClosedStoreFailsWithAClearError() {
        Forebay store = Forebay.open(directory, TestStores.small());
        UUID docs = TestStores.create(store, "docs");
        store.close();
        Map<String, Supplier<CompletableFuture<?>>> calls = new LinkedHashMap<>();
        calls.put("write", () -> store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 1, 8),
                WriteOptions.DEFAULT));
        calls.put("count", () -> store.count(docs, ReadOptions.DEFAULT));
        calls.put("get", () -> store.get(docs, GetRequest.ofIds("r-0"), ReadOptions.DEFAULT));
        calls.put("query", () -> store.query(docs, QueryRequest.nearest(TestStores.vector(0, 8), 1),
                ReadOptions.DEFAULT));
        calls.put("delete", () -> store.delete(docs, DeleteRequest.ofIds("r-0"), WriteOptions.DEFAULT));
        calls.put("create", () -> store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                "other", null, CollectionConfig.DEFAULT, false));
        calls.put("reset", store::reset);
        calls.forEach((name, call) -> assertThatThrownBy(call.get()::join).as(name)
                .isInstanceOf(CompletionException.class).cause().isInstanceOfSatisfying(
                        ForebayException.class,
                        told -> assertThat(told.code()).isEqualTo(ErrorCode.UNAVAILABLE)));
    }

    @Test
    void whoWaitsForACollectionThatIsBeingDroppedIsAnsweredByClose() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        Administration administration = new Administration(store);
        CollectionRuntime docs = store.catalog.collection(administration.createCollection(
                Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs", null, CollectionConfig.DEFAULT,
                false).join().id());
        docs.linkers.incrementAndGet(); // somebody is linking: its files cannot be removed yet
        CompletableFuture<Void> waiting = docs.linked.reached(1_000_000);
        administration.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs").join();
        store.close();
        assertThat(waiting).isCompletedExceptionally();
    }

    @Test
    void aReadThatNeverGotAThreadIsAnsweredByClose() {
        Store store = Store.open(directory, TestStores.small().withQueryThreads(1), EngineMetrics.NONE);
        CollectionRuntime docs = store.catalog.collection(new Administration(store).createCollection(
                Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs", null, CollectionConfig.DEFAULT,
                false).join().id());
        CountDownLatch never = new CountDownLatch(1);
        store.threads.queries().execute(() -> {
            try {
                never.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        });
        CompletableFuture<Integer> count = store.reads.count(docs, ReadOptions.DEFAULT);
        store.close();
        assertThat(count).isCompletedExceptionally();
    }
}
