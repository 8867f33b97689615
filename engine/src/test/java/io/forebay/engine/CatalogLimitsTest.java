package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many collections, databases and tenants there may be. */
class CatalogLimitsTest {
    private static final String TENANT = Database.DEFAULT_TENANT;

    @TempDir
    Path root;

    private static Forebay open(Path directory, int collections, int databases, int tenants) {
        return Forebay.open(directory, TestStores.smallOs().withCatalog(
                new CatalogLimits(collections, databases, tenants)));
    }

    private static CompletableFuture<CollectionInfo> create(Forebay store, String database, String name) {
        return store.createCollection(TENANT, database, name, null, CollectionConfig.DEFAULT, false);
    }

    private static CompletableFuture<CollectionInfo> create(Forebay store, String name) {
        return create(store, Database.DEFAULT_DATABASE, name);
    }

    private static void isOverQuota(ThrowingCallable call, String key) {
        assertThatThrownBy(call).isInstanceOf(CompletionException.class).cause()
                .isInstanceOfSatisfying(ForebayException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
                    assertThat(refused).hasMessageStartingWith("Quota exceeded").hasMessageContaining(key);
                });
    }

    @Test
    void oneCollectionTooManyIsNotMadeInWhateverDatabaseOrAsAFork() {
        try (Forebay store = open(root, 3, 10, 10)) {
            UUID first = create(store, "one").join().id();
            store.createDatabase(TENANT, "other").join();
            create(store, "other", "two").join();
            store.forkCollection(first, "three").join();
            isOverQuota(() -> create(store, "four").join(),
                    "catalog.collections_max is 3; delete some, or raise it");
            isOverQuota(() -> create(store, "other", "four").join(), "catalog.collections_max");
            isOverQuota(() -> store.forkCollection(first, "four").join(), "catalog.collections_max");
            // What is there goes on: it can be asked for, and renamed.
            assertThat(store.getOrCreateCollection("one", CollectionConfig.DEFAULT).id()).isEqualTo(first);
            store.updateCollection(first, CollectionChange.NONE.withName("renamed")).join();
            TestStores.drop(store, "three");
            store.forkCollection(first, "four").join();
            isOverQuota(() -> create(store, "five").join(), "catalog.collections_max");
            // With a database go its collections.
            store.deleteDatabase(TENANT, "other").join();
            create(store, "five").join();
        }
    }

    @Test
    void databasesAndTenantsAreBoundedToo() {
        try (Forebay store = open(root, 10, 3, 2)) {
            store.createTenant("second").join();
            isOverQuota(() -> store.createTenant("third").join(), "catalog.tenants_max is 2; raise it");
            store.createDatabase(TENANT, "one").join();
            store.createDatabase("second", "two").join();
            isOverQuota(() -> store.createDatabase("second", "three").join(), "catalog.databases_max is 3");
            store.deleteDatabase(TENANT, "one").join();
            store.createDatabase("second", "three").join();
            isOverQuota(() -> store.createDatabase(TENANT, "one").join(), "catalog.databases_max");
            store.reset().join();
            store.createTenant("second").join();
            store.createDatabase(TENANT, "one").join();
            store.createDatabase(TENANT, "two").join();
            isOverQuota(() -> store.createDatabase(TENANT, "three").join(), "catalog.databases_max");
        }
    }

    @Test
    void manyAtOnceAreNoMoreThanMayBe() {
        try (Forebay store = open(root, 20, 10, 10)) {
            UUID source = create(store, "source").join().id();
            List<CompletableFuture<CollectionInfo>> asked = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                asked.add(create(store, "made-" + i));
                if (i % 10 == 0) {
                    asked.add(store.forkCollection(source, "fork-" + i));
                }
            }
            asked.forEach(one -> one.handle((made, refused) -> "ended").join());
            assertThat(asked).filteredOn(one -> !one.isCompletedExceptionally()).hasSize(19);
            assertThat(store.store.catalog.all()).hasSize(20);
        }
    }

    @Test
    void aBoundThatWasLoweredRefusesNothingThatTheLogHas() throws IOException {
        Path before = root.resolve("before");
        Path killed = root.resolve("killed");
        try (Forebay store = open(before, 10, 10, 10)) {
            create(store, "one").join();
            store.forkCollection(create(store, "two").join().id(), "three").join();
            store.createTenant("second").join();
            store.createDatabase("second", "other").join();
            create(store, "four").join();
            StoreImage.copy(before, killed);
        }
        for (Path directory : List.of(before, killed)) {
            try (Forebay store = open(directory, 1, 1, 1)) {
                assertThat(store.store.catalog.all()).hasSize(4);
                assertThat(store.databases("second", null, 0)).hasSize(1);
                isOverQuota(() -> create(store, "five").join(), "there are 4 collections");
                isOverQuota(() -> store.createTenant("third").join(), "there are 2 tenants");
                isOverQuota(() -> store.createDatabase("second", "more").join(), "there are 2 databases");
            }
        }
    }

    @Test
    void namesThatComeAndGoLeaveNothingInMemory() {
        try (Forebay store = open(root, 10, 10, 10)) {
            for (int i = 0; i < 20; i++) {
                store.createDatabase("tenant-" + i, "database").join();
                store.createCollection("tenant-" + i, "database", "docs", null, CollectionConfig.DEFAULT,
                        false).join();
                store.deleteDatabase("tenant-" + i, "database").join();
            }
            assertThat(store.store.catalog.scopeCount()).isEqualTo(1); // the default database
        }
    }
}
