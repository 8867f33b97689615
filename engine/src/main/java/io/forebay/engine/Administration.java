package io.forebay.engine;

import io.forebay.engine.CatalogService.Plan;
import io.forebay.index.vector.VectorSegment;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What tenants, databases and collections may be made, changed and dropped into: the rules and the messages of Chroma.
 * Every rule is checked in a plan, so under the catalog's lock, against the state that the change will meet.
 */
final class Administration {
    private static final int TENANT_LENGTH_MIN = 3;

    private final Catalog catalog;
    private final CatalogService service;
    private final Forking forking;
    private final CatalogLimits limits;

    Administration(Store store) {
        this.forking = store.forking;
        this.limits = store.options.catalog();
        this.catalog = store.catalog;
        this.service = store.changes;
    }

    CompletableFuture<Void> createTenant(String name) {
        return change(() -> {
            if (name.codePointCount(0, name.length()) < TENANT_LENGTH_MIN) {
                throw ForebayException
                        .invalid("Validation error: name: Validation error: length [{\"min\": Number("
                                + TENANT_LENGTH_MIN + "), \"value\": String(\"" + name + "\")}]");
            }
            if (catalog.tenantExists(name)) {
                throw exists("Tenant [" + name + "]");
            }
            limits.checkTenants(catalog);
            return List.of(new CatalogChange.PutTenant(name, null));
        });
    }

    /** As in Chroma's single node, nothing happens for a tenant that does not exist. */
    CompletableFuture<Void> updateTenant(String name, String resourceName) {
        return change(() -> {
            String holder = catalog.tenantByResourceName(resourceName);
            if (holder != null && !holder.equals(name)) {
                throw exists("Tenant resource name [" + resourceName + "]");
            }
            return catalog.tenantExists(name)
                    ? List.of(new CatalogChange.PutTenant(name, resourceName))
                    : List.of();
        });
    }

    /** As in Chroma, the tenant need not exist. */
    CompletableFuture<Void> createDatabase(String tenant, String name) {
        return change(() -> {
            Names.check(name, "");
            if (catalog.findDatabase(tenant, name) != null) {
                throw exists("Database [" + name + "]");
            }
            limits.checkDatabases(catalog);
            return List.of(new CatalogChange.PutDatabase(new Database(UUID.randomUUID(), name, tenant)));
        });
    }

    CompletableFuture<Void> deleteDatabase(String tenant, String name) {
        return change(() -> {
            if (catalog.findDatabase(tenant, name) == null) {
                throw ForebayException.notFound("Database [" + name + "] not found");
            }
            List<CatalogChange> changes = new ArrayList<>();
            for (CollectionInfo info : catalog.collections(tenant, name)) {
                changes.add(new CatalogChange.DropCollection(info.id(), info.number()));
            }
            changes.add(new CatalogChange.DropDatabase(tenant, name));
            return changes;
        });
    }

    CompletableFuture<CollectionInfo> createCollection(String tenant, String database, String name,
            @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, boolean getOrCreate) {
        return service.change(() -> {
            Names.check(name, "Validation error: name: ");
            checkMetadata(metadata, "metadata");
            if (catalog.findDatabase(tenant, database) == null) {
                throw ForebayException.invalid("Database [" + database + "] does not exist");
            }
            checkGraph(config.hnsw());
            CollectionRuntime existing = catalog.findCollection(tenant, database, name);
            if (existing != null) {
                if (!getOrCreate) {
                    throw exists("Collection [" + name + "]");
                }
                return new Plan<>(List.of(), existing::info);
            }
            limits.checkCollections(catalog);
            CollectionInfo made = new CollectionInfo(UUID.randomUUID(), service.nextNumber(), tenant,
                    database,
                    name, metadata, config, 0);
            return new Plan<>(List.of(new CatalogChange.PutCollection(made)), () -> made);
        });
    }

    CompletableFuture<CollectionInfo> forkCollection(UUID source, String name) {
        return forking.fork(source, name);
    }

    CompletableFuture<Void> updateCollection(UUID id, CollectionChange asked) {
        return change(() -> {
            CollectionRuntime runtime = catalog.collection(id);
            CollectionInfo old = runtime.info();
            String name = asked.name() == null ? old.name() : asked.name();
            if (asked.name() != null) {
                Names.check(name, "Validation error: new_name: ");
            }
            if (!name.equals(old.name())
                    && catalog.findCollection(old.tenant(), old.database(), name) != null) {
                throw exists("Collection [" + name + "]");
            }
            checkMetadata(asked.metadata(), "new_metadata");
            CollectionConfig config = merged(old, asked);
            checkGraph(config.hnsw());
            CollectionInfo changed = old.with(name,
                    asked.metadata() == null ? old.metadata() : asked.metadata(), config);
            return List.of(new CatalogChange.PutCollection(changed));
        }).thenRun(() -> {
            CollectionRuntime runtime = catalog.collection(id);
            // A segment that is not there is given what the configuration says when it is made or loaded.
            VectorSegment segment = runtime.vectors();
            // What is held back by an earlier policy or bound is held no longer; the next write meets the new ones.
            runtime.brake.releaseAll();
            if (asked.efSearch() != null && segment != null) {
                segment.efSearch(asked.efSearch());
            }
        });
    }

    CompletableFuture<Void> deleteCollection(String tenant, String database, String name) {
        return change(() -> {
            CollectionInfo info = catalog.collection(tenant, database, name).info();
            return List.of(new CatalogChange.DropCollection(info.id(), info.number()));
        });
    }

    CompletableFuture<Void> reset() {
        return change(() -> {
            List<CatalogChange> changes = new ArrayList<>();
            for (CollectionRuntime runtime : catalog.all()) {
                changes.add(new CatalogChange.DropCollection(runtime.info().id(), runtime.number));
            }
            for (Database database : catalog.allDatabases()) {
                changes.add(new CatalogChange.DropDatabase(database.tenant(), database.name()));
            }
            for (String tenant : catalog.tenants()) {
                changes.add(new CatalogChange.DropTenant(tenant));
            }
            changes.addAll(CatalogService.defaults());
            return changes;
        });
    }

    private CompletableFuture<Void> change(Supplier<List<CatalogChange>> planner) {
        return service.change(() -> new Plan<>(planner.get(), () -> "done")).thenAccept(done -> {});
    }

    private static CollectionConfig merged(CollectionInfo old, CollectionChange asked) {
        HnswConfig h = old.config().hnsw();
        HnswConfig hnsw = new HnswConfig(h.space(), h.efConstruction(), or(asked.efSearch(), h.efSearch()),
                or(asked.maxNeighbors(), h.maxNeighbors()), or(asked.numThreads(), h.numThreads()),
                or(asked.batchSize(), h.batchSize()), or(asked.syncThreshold(), h.syncThreshold()),
                or(asked.resizeFactor(), h.resizeFactor()));
        return new CollectionConfig(hnsw,
                asked.embeddingFunctionJson() == null
                        ? old.config().embeddingFunctionJson()
                        : asked.embeddingFunctionJson(),
                old.config().schemaJson(),
                asked.settings().over(old.config().settings()));
    }

    private static <T> T or(@Nullable T asked, T old) {
        return asked == null ? old : asked;
    }

    /** What no segment can be made with would be found by an indexer, after the first ack, or at the next start. */
    private static void checkGraph(HnswConfig hnsw) {
        try {
            Segments.check(hnsw);
        } catch (IllegalArgumentException impossible) {
            throw ForebayException.invalid("Validation error: configuration: " + impossible.getMessage());
        }
    }

    private static void checkMetadata(@Nullable Map<String, MetadataValue> metadata, String field) {
        if (metadata == null) {
            return;
        }
        if (metadata.isEmpty()) {
            throw ForebayException.invalid("Validation error: " + field + ": Metadata cannot be empty");
        }
        for (String key : metadata.keySet()) {
            if (key.isEmpty() || key.startsWith("#") || key.startsWith("$")) {
                throw ForebayException
                        .invalid("Validation error: " + field + ": Invalid metadata key [" + key + "]");
            }
        }
    }

    private static ForebayException exists(String what) {
        return new ForebayException(ErrorCode.ALREADY_EXISTS, what + " already exists");
    }
}
