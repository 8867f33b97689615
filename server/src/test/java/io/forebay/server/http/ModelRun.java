package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.ForebayOptions;
import io.forebay.engine.IndexOptions;
import io.forebay.index.vector.IndexEngine;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run of {@link ModelTest}: a server, and of each of its collections what it must have. */
final class ModelRun implements AutoCloseable {
    static final String BASE = "/api/v2/tenants/default_tenant/databases/default_database/collections";
    private static final String BIG = "the-big-one";
    /** From 512 documents on, text is indexed. */
    private static final int BIG_MIN = 600;
    private static final int COLLECTIONS_MAX = 6;
    private static final String[] SPACES = {"l2", "ip", "cosine"};
    private static final int TOLD = 12;

    private static final class Collection {
        final String id;
        String name;
        Map<String, Object> metadata;
        final ModelOracle oracle;
        final int idsMax;

        Collection(String id, String name, Map<String, Object> metadata, ModelOracle oracle, int idsMax) {
            this.id = id;
            this.name = name;
            this.metadata = metadata;
            this.oracle = oracle;
            this.idsMax = idsMax;
        }
    }

    private final ModelGenerator random;
    private final Path directory;
    /** By id, in the order of their creation: that of the ids, which are random, would make a seed mean nothing. */
    private final Map<String, Collection> collections = new LinkedHashMap<>();
    private final Deque<String> told = new ArrayDeque<>();
    private TestServer server;
    private int names;
    int restarts;
    int steps;

    ModelRun(Path directory, long seed) {
        this.directory = directory;
        this.random = new ModelGenerator(seed);
        server = start();
        Collection big = create(BIG, 1000);
        fill(big);
        create("first", 60);
    }

    /** With options that make different things happen behind the requests. */
    private TestServer start() {
        ForebayOptions options = TestServer.engineOptions();
        if (random.oneIn(3)) {
            options = options.withCheckpointIntervalMillis(50);
        }
        IndexEngine engine = random.oneIn(5) ? IndexEngine.HNSWLIB : IndexEngine.NATIVE;
        return TestServer.start(directory, TestServer.options(),
                options.withIndex(new IndexOptions(engine, random.oneIn(3) ? 1 : 0)));
    }

    /** The last changes, for who has to understand a failure. */
    String told() {
        return "step " + steps + ", after " + restarts + " restarts; the last changes:\n"
                + String.join("\n", told);
    }

    void step() {
        steps++;
        Collection collection = random.one(collections.values().toArray(new Collection[0]));
        switch (random.below(60)) {
            case 0 -> restart();
            case 1, 2 -> create(newName(), random.oneIn(3) ? 400 : 60);
            case 3 -> drop(collection);
            case 4, 5 -> rename(collection);
            case 6 -> fork(collection);
            case 7, 8 -> flush(collection);
            case 9 -> changeMetadata(collection);
            case 10 -> writeWrongDimension(collection);
            case 11, 12, 13, 14, 15, 16 -> delete(collection);
            default -> write(collection);
        }
        collection = collections.getOrDefault(collection.id, collections.values().iterator().next());
        for (int i = 0; i < 4; i++) {
            reads(collection).checkOne();
        }
        if (random.oneIn(10)) {
            reads(collection).checkAll();
            checkList();
        }
    }

    private String newName() {
        return "collection-" + names++;
    }

    private Collection create(String name, int idsMax) {
        if (collections.size() == COLLECTIONS_MAX) {
            drop(random.one(collections.values().toArray(new Collection[0])));
        }
        String space = random.one(SPACES);
        Map<String, Object> metadata = metadata();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", name);
        body.put("metadata", metadata);
        body.put("configuration", Map.of("hnsw", Map.of("space", space), "batch_ingest", !random.oneIn(3)));
        Map<String, Object> made = TestJson.object(post(BASE, ModelJson.text(body), 200).body());
        int dimension = 1 + random.below(random.oneIn(4) ? 40 : 5);
        Collection collection = new Collection((String) made.get("id"), name, metadata,
                new ModelOracle(space, dimension), idsMax);
        collections.put(collection.id, collection);
        return collection;
    }

    private Map<String, Object> metadata() {
        Map<String, Object> metadata = new TreeMap<>();
        for (int i = random.below(3); i > 0; i--) {
            metadata.put(random.key(), random.oneIn(2) ? random.string() : random.random.nextLong());
        }
        return metadata.isEmpty() ? null : metadata;
    }

    /** In batches, until text is indexed. */
    private void fill(Collection big) {
        while (big.oracle.entries.size() < BIG_MIN) {
            apply(big, random.oneIn(2) ? "add" : "upsert", 300);
        }
    }

    private void write(Collection collection) {
        if (collection.name.equals(BIG)) {
            fill(collection);
        }
        String operation = random.one(new String[]{"add", "upsert", "update"});
        apply(collection, operation, random.below(random.oneIn(10) ? 100 : 12));
    }

    private void apply(Collection collection, String operation, int size) {
        ModelOracle oracle = collection.oracle;
        if (operation.equals("update") && !oracle.hasDimension) {
            return;
        }
        ModelBatch batch = random.batch(operation, oracle.dimension, collection.idsMax, size);
        post(path(collection) + "/" + operation, batch.json(), operation.equals("add") ? 201 : 200);
        oracle.apply(operation, batch);
    }

    private void writeWrongDimension(Collection collection) {
        ModelOracle oracle = collection.oracle;
        if (oracle.hasDimension) {
            ModelBatch batch = random.batch("upsert", oracle.dimension + 1, collection.idsMax, 2);
            String message = post(path(collection) + "/upsert", batch.json(), 400).body();
            assertThat(message)
                    .contains("Collection expecting embedding with dimension of " + oracle.dimension
                            + ", got " + (oracle.dimension + 1));
        }
    }

    private void delete(Collection collection) {
        Map<String, Object> body = reads(collection).filter();
        boolean filters = body.containsKey("where") || body.containsKey("where_document");
        boolean nothing = !filters && ((List<?>) body.getOrDefault("ids", List.of())).isEmpty();
        if (filters && !random.oneIn(6)) {
            body.put("limit", random.below(10));
        }
        if (nothing) {
            body.put("ids", random.list(1 + random.below(10), () -> random.id(collection.idsMax)));
        }
        List<String> gone = reads(collection).selected(body).stream().map(entry -> entry.id)
                .limit((int) body.getOrDefault("limit", Integer.MAX_VALUE)).toList();
        String answer = post(path(collection) + "/delete", ModelJson.text(body), 200).body();
        assertThat(answer).isEqualTo("{\"deleted\":" + gone.size() + "}");
        gone.forEach(collection.oracle.entries::remove);
    }

    private void drop(Collection collection) {
        if (!collection.name.equals(BIG) && collections.size() > 2) {
            String path = BASE + "/" + collection.name;
            tell("DELETE " + path);
            HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path)).DELETE());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            collections.remove(collection.id);
            assertThat(server.get(path(collection) + "/count").statusCode()).isEqualTo(404);
        }
    }

    private void rename(Collection collection) {
        if (!collection.name.equals(BIG)) {
            String name = random.oneIn(3) ? BIG : newName();
            put(collection, Map.of("new_name", name), name.equals(BIG) ? 409 : 200);
            collection.name = name.equals(BIG) ? collection.name : name;
        }
    }

    private void changeMetadata(Collection collection) {
        Map<String, Object> metadata = metadata();
        if (metadata != null) {
            put(collection, Map.of("new_metadata", metadata, "new_configuration",
                    Map.of("batch_ingest", random.oneIn(2))), 200);
            collection.metadata = metadata;
        }
    }

    private void fork(Collection collection) {
        if (collections.size() < COLLECTIONS_MAX) {
            String name = newName();
            String answer = post(path(collection) + "/fork", ModelJson.text(Map.of("new_name", name)), 200)
                    .body();
            String id = (String) TestJson.object(answer).get("id");
            collections.put(id, new Collection(id, name, collection.metadata, collection.oracle.copy(),
                    collection.idsMax));
            reads(collections.get(id)).checkAll();
        }
    }

    private void flush(Collection collection) {
        post(path(collection) + "/flush" + (random.oneIn(2) ? "?position=durable" : ""), "", 200);
    }

    void restart() {
        tell("restart");
        restarts++;
        server.close();
        server = start();
        checkList();
        for (Collection collection : collections.values()) {
            reads(collection).checkAll();
        }
    }

    private void checkList() {
        List<Object> expected = new ArrayList<>();
        for (Collection collection : new TreeMap<>(collections).values()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", collection.id);
            one.put("name", collection.name);
            one.put("metadata", collection.metadata);
            one.put("dimension",
                    collection.oracle.hasDimension ? (Object) (long) collection.oracle.dimension : null);
            one.put("...", 0L);
            expected.add(one);
        }
        Object actual = TestJson.parse(server.get(BASE).body());
        assertThat(TestJson.matches(expected, actual)).as("%s, expected %s", actual, expected).isTrue();
    }

    /** That a word is found without reading most of the documents: it is as long as fewer than 300 came since. */
    boolean textIsIndexed() {
        Collection big = collections.values().stream().filter(one -> one.name.equals(BIG)).findFirst()
                .orElseThrow();
        String plan = server
                .post(path(big) + "/get", "{\"where_document\":{\"$contains\":\"turbine\"},\"include\":[]}")
                .headers().firstValue("Forebay-Plan").orElseThrow();
        int read = Integer.parseInt(plan.replaceAll(".*read=(\\d+).*", "$1"));
        int matches = Integer.parseInt(plan.replaceAll(".*matches=(\\d+).*", "$1"));
        return read < matches + BIG_MIN / 2;
    }

    private ModelReads reads(Collection collection) {
        String path = path(collection);
        return new ModelReads(random, collection.oracle, collection.idsMax, to -> server.get(path + to),
                (to, body) -> server.post(path + to, body));
    }

    private static String path(Collection collection) {
        return BASE + "/" + collection.id;
    }

    private HttpResponse<String> post(String path, String body, int status) {
        return send("POST", path, body, status);
    }

    private void put(Collection collection, Map<String, Object> body, int status) {
        send("PUT", path(collection), ModelJson.text(body), status);
    }

    private HttpResponse<String> send(String method, String path, String body, int status) {
        tell(method + " " + path + " " + body);
        HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as("%s %s %s: %s", method, path, body, answer.body())
                .isEqualTo(status);
        return answer;
    }

    private void tell(String change) {
        told.add(ContractClient.cut(change));
        if (told.size() > TOLD) {
            told.remove();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
