package io.forebay.engine;

import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What exists: tenants, databases and collections, in memory. {@link CatalogService} changes it, through the log.
 *
 * <p>Threads: reads from any thread, by id and number without a lock; the rest holds the object's own lock for the time
 * of a map operation. Only {@link CatalogService} (under its lock) and recovery (alone) change it.
 */
final class Catalog {
    private record Scope(String tenant, String database) {}

    final Movements movements = new Movements();
    private final Map<UUID, CollectionRuntime> byId = new ConcurrentHashMap<>();
    private final Map<Integer, CollectionRuntime> byNumber = new ConcurrentHashMap<>();
    private final Map<Scope, Map<String, CollectionRuntime>> byName = new HashMap<>();
    /** To their resource names; one that has none stands for itself. */
    private final Map<String, String> tenants = new ConcurrentHashMap<>();
    private final Map<String, TreeMap<String, Database>> databases = new HashMap<>();
    /** In all of these maps together. */
    private int databaseCount;

    // ---- tenants and databases ----

    boolean tenantExists(String name) {
        return tenants.containsKey(name);
    }

    /** Null when it was not given one. */
    @Nullable
    String resourceName(String tenant) {
        String resourceName = tenants.get(tenant);
        return tenant.equals(resourceName) ? null : resourceName;
    }

    /** The tenant that was given this resource name, or else has this name; null when there is none. */
    @Nullable
    String tenantByResourceName(String resourceName) {
        for (Map.Entry<String, String> tenant : tenants.entrySet()) {
            if (tenant.getValue().equals(resourceName) && !tenant.getKey().equals(resourceName)) {
                return tenant.getKey();
            }
        }
        return tenantExists(resourceName) ? resourceName : null;
    }

    Set<String> tenants() {
        return Set.copyOf(tenants.keySet());
    }

    int tenantCount() {
        return tenants.size();
    }

    synchronized int databaseCount() {
        return databaseCount;
    }

    /** For tests: of tenants and databases, what has an entry of its own. */
    synchronized int scopeCount() {
        return databases.size() + byName.size();
    }

    void putTenant(String name, @Nullable String resourceName) {
        tenants.put(name, resourceName == null ? name : resourceName);
    }

    void dropTenant(String name) {
        tenants.remove(name);
    }

    synchronized @Nullable Database findDatabase(String tenant, String name) {
        TreeMap<String, Database> ofTenant = databases.get(tenant);
        return ofTenant == null ? null : ofTenant.get(name);
    }

    Database database(String tenant, String name) {
        Database found = findDatabase(tenant, name);
        if (found == null) {
            throw ForebayException.notFound("Database [" + name + "] not found. Are you sure it exists?");
        }
        return found;
    }

    synchronized List<Database> databases(String tenant) {
        TreeMap<String, Database> ofTenant = databases.get(tenant);
        return ofTenant == null ? List.of() : List.copyOf(ofTenant.values());
    }

    synchronized List<Database> allDatabases() {
        List<Database> all = new ArrayList<>();
        databases.values().forEach(ofTenant -> all.addAll(ofTenant.values()));
        return all;
    }

    synchronized void putDatabase(Database database) {
        Map<String, Database> ofTenant = databases.computeIfAbsent(database.tenant(), t -> new TreeMap<>());
        if (ofTenant.put(database.name(), database) == null) {
            databaseCount++;
        }
    }

    synchronized void dropDatabase(String tenant, String name) {
        TreeMap<String, Database> ofTenant = databases.get(tenant);
        if (ofTenant != null && ofTenant.remove(name) != null) {
            databaseCount--;
            if (ofTenant.isEmpty()) { // names that come and go leave nothing
                databases.remove(tenant);
            }
        }
    }

    // ---- collections ----

    CollectionRuntime collection(UUID id) {
        CollectionRuntime found = byId.get(id);
        if (found == null) {
            throw ForebayException.notFound("Collection [" + id + "] does not exist.");
        }
        return found;
    }

    /** Empty for one that is not there. */
    Map<String, Integer> metadataKeys(UUID id) {
        CollectionRuntime found = byId.get(id);
        return found == null ? Map.of() : found.metadataKeys();
    }

    CollectionRuntime collection(String tenant, String database, String name) {
        CollectionRuntime found = findCollection(tenant, database, name);
        if (found == null) {
            throw ForebayException.notFound("Collection [" + name + "] does not exist");
        }
        return found;
    }

    synchronized @Nullable CollectionRuntime findCollection(String tenant, String database, String name) {
        Map<String, CollectionRuntime> inScope = byName.get(new Scope(tenant, database));
        return inScope == null ? null : inScope.get(name);
    }

    @Nullable
    CollectionRuntime byNumber(int number) {
        return byNumber.get(number);
    }

    /** Of one database, ordered by the text of their ids. */
    List<CollectionInfo> collections(String tenant, String database) {
        List<CollectionInfo> infos = new ArrayList<>();
        synchronized (this) {
            Map<String, CollectionRuntime> inScope = byName.get(new Scope(tenant, database));
            if (inScope != null) {
                inScope.values().forEach(runtime -> infos.add(runtime.info()));
            }
        }
        infos.sort(Comparator.comparing(info -> info.id().toString()));
        return infos;
    }

    synchronized int collectionCount(String tenant, String database) {
        Map<String, CollectionRuntime> inScope = byName.get(new Scope(tenant, database));
        return inScope == null ? 0 : inScope.size();
    }

    /** How many forks there are in the tree of forks that this collection belongs to. */
    int forks(CollectionInfo info) {
        int count = 0;
        for (CollectionRuntime runtime : all()) {
            CollectionInfo other = runtime.info();
            count += other.origin() != null && other.root().equals(info.root()) ? 1 : 0;
        }
        return count;
    }

    Collection<CollectionRuntime> all() {
        return byNumber.values();
    }

    synchronized void add(CollectionRuntime runtime) {
        CollectionInfo info = runtime.info();
        byId.put(info.id(), runtime);
        byNumber.put(info.number(), runtime);
        scope(info).put(info.name(), runtime);
        runtime.tellMoves(movements);
    }

    /** New name, metadata or configuration of a collection that exists; a dimension once decided stays. */
    synchronized void replace(CollectionRuntime runtime, CollectionInfo changed) {
        CollectionInfo old = runtime.info();
        leaveScope(old);
        runtime.info(changed.withDimension(Math.max(changed.dimension(), old.dimension())));
        scope(changed).put(changed.name(), runtime);
        movements.moved(runtime);
    }

    synchronized void remove(CollectionRuntime runtime) {
        CollectionInfo info = runtime.info();
        byId.remove(info.id());
        byNumber.remove(info.number());
        leaveScope(info);
        movements.moved(runtime);
    }

    private void leaveScope(CollectionInfo info) {
        Map<String, CollectionRuntime> inScope = scope(info);
        inScope.remove(info.name());
        if (inScope.isEmpty()) {
            byName.remove(new Scope(info.tenant(), info.database()));
        }
    }

    private Map<String, CollectionRuntime> scope(CollectionInfo info) {
        return byName.computeIfAbsent(new Scope(info.tenant(), info.database()), s -> new HashMap<>());
    }
}
