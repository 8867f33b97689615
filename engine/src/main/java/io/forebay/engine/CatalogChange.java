package io.forebay.engine;

import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One step of a catalog change. The steps of one control entry of the log are taken together. */
sealed interface CatalogChange {

    /** Creates a tenant or replaces its resource name. */
    record PutTenant(String name, @Nullable String resourceName) implements CatalogChange {}

    record DropTenant(String name) implements CatalogChange {}

    record PutDatabase(Database database) implements CatalogChange {}

    record DropDatabase(String tenant, String name) implements CatalogChange {}

    /** Creates a collection or replaces what is known of it. Its dimension is not part of it. */
    record PutCollection(CollectionInfo info) implements CatalogChange {}

    record DropCollection(UUID id, int number) implements CatalogChange {}
}
