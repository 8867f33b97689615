package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RocksDB fails after the log took a change. */
class CatalogFailureTest {
    @TempDir
    Path directory;

    @Test
    void nothingIsAckedInACollectionWhoseDropTheLogHas() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        Administration administration = new Administration(store);
        CollectionRuntime docs = store.catalog.collection(administration.createCollection(
                Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs", null, CollectionConfig.DEFAULT,
                false).join().id());
        store.records.close(); // from here on RocksDB refuses everything
        CompletableFuture<Void> drop = administration.deleteCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, "docs");
        assertThat(drop).failsWithin(java.time.Duration.ofSeconds(30));
        assertThatThrownBy(() -> store.writes.write(docs, TestStores.batch(Operation.ADD, "r", 0, 10, 8),
                WriteOptions.DEFAULT).join()).hasMessageContaining("does not exist");
        store.close();
        // An ack above would have been lost here.
        Store again = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        assertThat(again.catalog.findCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "docs"))
                .isNull();
        again.close();
    }
}
