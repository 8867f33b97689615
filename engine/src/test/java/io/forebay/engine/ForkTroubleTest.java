package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.WalException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks that fail late, and more of them than there is room for. */
class ForkTroubleTest {
    @TempDir
    Path root;

    private static CollectionInfo find(Store store, String name) {
        CollectionRuntime found = store.catalog.findCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, name);
        return found == null ? null : found.info();
    }

    @Test
    void aForkThatTheCatalogTookGoesOnAlthoughItsSyncFailed() {
        try (Forebay forebay = Forebay.open(root, TestStores.small())) {
            UUID source = TestStores.create(forebay, "source");
            Forks.write(forebay, source, Operation.ADD, "r", 0, 100);
            forebay.flush(source, Position.LINKED).join();
            Store store = forebay.store;
            store.pool.close(); // nobody takes what is woken
            HeldWal held = new HeldWal(store.wal);
            Forking[] forking = new Forking[1];
            CatalogService service = new CatalogService(store.catalog, held.wal, store.records,
                    Durability.SYNC, store.threads.queries(),
                    info -> Objects.requireNonNull(forking[0].opened(info)), dropped -> {});
            service.load();
            forking[0] = new Forking(store, service, store.wal);
            CompletableFuture<CollectionInfo> fork = forking[0].fork(source, "fork");
            await().until(() -> {
                held.failed();
                return fork.isDone();
            });
            assertThatThrownBy(fork::join).hasMessageContaining("the sync failed");
            CollectionRuntime made = Objects.requireNonNull(store.catalog.findCollection(
                    Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "fork"));
            assertThat(made.isInLane()).as("woken").isTrue();
        }
    }

    @Test
    void aForkEndsWhenTheDiskFillsUpUnderIt() {
        Path other = root.resolve("full");
        try (Forebay forebay = Forebay.open(root.resolve("store"), TestStores.smallOs());
                Wal full = Wal.open(other, WalConfig.defaults().withExtentBytes(2 << 20)
                        .withReserveBytesMin(1L << 60))) {
            UUID source = TestStores.create(forebay, "source");
            Forks.write(forebay, source, Operation.ADD, "r", 0, 100);
            WalException reserve = Objects.requireNonNull(full.diskFull());
            List<WalException> answers = new ArrayList<>();
            answers.add(null); // once, at the start
            Wal filling = (Wal) Proxy.newProxyInstance(Wal.class.getClassLoader(), new Class<?>[]{Wal.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("diskFull")) {
                            return answers.isEmpty() ? reserve : answers.removeFirst();
                        }
                        try {
                            return method.invoke(forebay.store.wal, arguments);
                        } catch (InvocationTargetException failure) {
                            throw failure.getCause();
                        }
                    });
            int number = forebay.store.changes.reserveNumber() + 1;
            Forking forking = new Forking(forebay.store, forebay.store.changes, filling);
            assertThatThrownBy(() -> forking.fork(source, "fork").join())
                    .hasCauseInstanceOf(ForebayException.class)
                    .satisfies(failure -> assertThat(((ForebayException) failure.getCause()).code())
                            .isEqualTo(ErrorCode.INSUFFICIENT_STORAGE));
            assertThat(answers).isEmpty();
            assertThat(find(forebay.store, "fork")).isNull();
            assertThat(forebay.store.records.state(number).appliedSeqId()).isZero();
            assertThat(root.resolve("store/vectors/" + number)).doesNotExist();
        }
    }

    @Test
    void moreForksThanMayWaitAreRefusedAndTheOthersAreMade() {
        try (Forebay forebay = Forebay.open(root, TestStores.smallOs())) {
            UUID source = TestStores.create(forebay, "source");
            CountDownLatch free = new CountDownLatch(1);
            List<CompletableFuture<CollectionInfo>> forks = new ArrayList<>();
            forebay.store.threads.forker().execute(() -> {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                for (int i = 0; i < Forking.FORKS_MAX; i++) {
                    forks.add(forebay.forkCollection(source, "fork-" + i));
                }
                for (int i = 0; i < 2; i++) {
                    CompletableFuture<CollectionInfo> refused = forebay.forkCollection(source, "one-more");
                    assertThat(refused).isCompletedExceptionally();
                    assertThatThrownBy(refused::join).hasMessageContaining("(limit forks)")
                            .satisfies(failure -> assertThat(((ForebayException) failure.getCause()).code())
                                    .isEqualTo(ErrorCode.BACKOFF));
                }
            } finally {
                free.countDown();
            }
            forks.forEach(CompletableFuture::join);
            assertThat(forebay.forkCollection(source, "one-more").join().name()).isEqualTo("one-more");
            assertThat(forebay.forkCount(source)).isEqualTo(Forking.FORKS_MAX + 1);
        }
    }
}
