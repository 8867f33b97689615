package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.GetRequest;
import io.forebay.model.HnswConfig;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Space;
import io.forebay.model.SparseVector;
import io.forebay.model.StoredRecord;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.load.LoadServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code forebay migrate} between two real servers, each test in a tenant of its own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MigrateCommandTest {
    private static final String DATABASE = "default_database";
    @TempDir
    static Path stores;
    private static LoadServer source;
    private static LoadServer target;
    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        source = LoadServer.start(stores.resolve("source"));
        target = LoadServer.start(stores.resolve("target"));
    }

    @AfterAll
    static void stop() {
        source.close();
        target.close();
    }

    private Outcome migrate(String tenant, String... more) {
        return between(source.url(), target.url(), tenant, more);
    }

    private Outcome between(String from, String to, String tenant, String... more) {
        List<String> arguments = new ArrayList<>(List.of("migrate", "--from", from, "--to", to, "--tenant",
                tenant, "--state", folder.resolve("state").toString()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    private static ForebayClient in(LoadServer server, String tenant, String database) {
        return ForebayClient.builder(URI.create(server.url())).tenant(tenant).database(database).build();
    }

    /** A client of this database, which is made. */
    private static ForebayClient made(String tenant, String database) {
        ForebayClient client = in(source, tenant, database);
        client.callAsync("POST", "/api/v2/tenants", "{\"name\":\"" + tenant + "\"}", false)
                .exceptionally(there -> null).join();
        client.callAsync("POST", "/api/v2/tenants/" + tenant + "/databases",
                "{\"name\":\"" + database + "\"}", false).join();
        return client;
    }

    private static RecordBatch numbered(int from, int to) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = from; i < to; i++) {
            batch.record("r" + i, new float[]{i, 0.1f, -i}, "document " + i,
                    Map.of("n", MetadataValue.of(i)), null);
        }
        return batch.build();
    }

    private static List<StoredRecord> all(CollectionClient collection) {
        return collection.get(new GetRequest(null, null, null, 0, EnumSet.of(Include.EMBEDDINGS,
                Include.DOCUMENTS, Include.METADATAS, Include.URIS)));
    }

    /** Records hold arrays, which are equal only to themselves. */
    private static List<String> texts(CollectionClient collection) {
        return all(collection).stream().map(record -> record.id() + " "
                + Arrays.toString(record.embedding()) + " " + record.document() + " " + record.uri()
                + " "
                + (record.metadata() == null ? "none" : new TreeMap<>(record.metadata())))
                .toList();
    }

    private static RecordBatch everyKind() {
        return RecordBatch.builder(Operation.ADD)
                .record("z last first", new float[]{1e-38f, -0.0f, 3.4e38f}, "", Map.of(), "file:///ü/日本.png")
                .record("漢字 🐘 \"quoted\" \\ \n", new float[]{0.1f, 0.2f, 0.3f}, "Größe 🐘\u0000\u2028", null,
                        "")
                .record("m", new float[]{1, 2, 3}, null, Map.of("text", MetadataValue.of("ß\"\\\n"), "whole",
                        MetadataValue.of(Long.MAX_VALUE), "five", MetadataValue.of(5L), "five.0",
                        MetadataValue.of(5.0),
                        "real", MetadataValue.of(1e-300), "yes", MetadataValue.TRUE, "no",
                        MetadataValue.FALSE,
                        "sparse",
                        MetadataValue.of(new SparseVector(new int[]{1, 70_000}, new float[]{.5f, 2}))),
                        null)
                .record("arrays", new float[]{4, 5, 6}, "x",
                        Map.of("texts", new MetadataValue.StrArray(List.of("a", "", "ü")), "numbers",
                                new MetadataValue.IntArray(List.of(1L, -2L)), "reals",
                                new MetadataValue.FloatArray(List.of(1.5, 2.0)), "flags",
                                new MetadataValue.BoolArray(List.of(true, false))),
                        null)
                .record("a comes last", new float[]{7, 8, 9}, "the end", null, null).build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyKindOfRecordArrivesAsItIsAndInItsOrder(boolean isBinary) throws Exception {
        String tenant = isBinary ? "kinds-binary" : "kinds-http";
        try (ForebayClient first = made(tenant, DATABASE); ForebayClient second = made(tenant, "second")) {
            CollectionClient kinds = first.createCollectionAsync("kinds",
                    Map.of("owner", MetadataValue.of("käthe"), "n", MetadataValue.of(7L)),
                    CollectionConfig.of(new HnswConfig(Space.COSINE, 150, 77, 24, 2, 100, 1000, 1.2)
                            .space())
                            .withHnsw(new HnswConfig(Space.COSINE, 150, 77, 24, 2, 100, 1000, 1.2))
                            .withDurability(Durability.SYNC),
                    false).join();
            kinds.write(everyKind());
            kinds.write(numbered(0, 12_345));
            second.createCollection("empty", CollectionConfig.of(Space.IP));
        }
        Outcome outcome = isBinary
                ? between(source.binaryUrl(), target.binaryUrl(), tenant, "--verify", "full")
                : migrate(tenant, "--verify", "full");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("2 collections with 12,350 records",
                tenant + "/default_database/kinds  12,350 records", "12,350 compared and the same",
                "2 of 2 collections are there");
        try (ForebayClient was = in(source, tenant, DATABASE);
                ForebayClient is = in(target, tenant, DATABASE);
                ForebayClient second = in(target, tenant, "second")) {
            assertThat(texts(is.collection("kinds"))).isEqualTo(texts(was.collection("kinds")));
            String description = json(is, "kinds");
            assertThat(description).contains("\"space\":\"cosine\"", "\"ef_construction\":150",
                    "\"ef_search\":77", "\"max_neighbors\":24", "\"durability\":\"sync\"",
                    "\"owner\":\"käthe\"", "\"n\":7");
            assertThat(second.collection("empty").count()).isZero();
            assertThat(second.collection("empty").description().space()).isEqualTo(Space.IP);
            assertThat(was.collections()).as("the fork is gone").hasSize(1);
        }
    }

    private static String json(ForebayClient client, String collection) {
        CollectionClient found = client.collection(collection);
        return new String(client.callAsync("GET", "/api/v2/tenants/" + found.description().tenant()
                + "/databases/" + found.description().database() + "/collections/" + collection, null, true)
                .join(), StandardCharsets.UTF_8);
    }

    @Test
    void embeddingFunctionAndSchemaComeAlong() {
        try (ForebayClient client = made("schemas", DATABASE)) {
            String path = "/api/v2/tenants/schemas/databases/" + DATABASE + "/collections";
            String function = "{\"type\":\"known\",\"name\":\"default\",\"config\":{\"model\":\"m\"}}";
            client.callAsync("POST", path,
                    "{\"name\":\"function\",\"configuration\":{\"hnsw\":{\"space\":\"ip\"},"
                            + "\"embedding_function\":" + function + "}}",
                    false).join();
            client.callAsync("POST", path, "{\"name\":\"schema\",\"schema\":{\"defaults\":{\"int\":"
                    + "{\"int_inverted_index\":{\"enabled\":false,\"config\":{}}}},\"keys\":{\"page\":{\"int\":"
                    + "{\"int_inverted_index\":{\"enabled\":true,\"config\":{}}}},\"#embedding\":{\"float_list\":"
                    + "{\"vector_index\":{\"enabled\":true,\"config\":{\"space\":\"cosine\",\"hnsw\":{\"ef_search\":33},"
                    + "\"embedding_function\":" + function
                    + "}}}}}},\"configuration\":{\"batch_ingest\":false}}", false)
                    .join();
            Outcome outcome = migrate("schemas");
            assertThat(outcome.code()).as(outcome.err() + outcome.out()).isZero();
            try (ForebayClient there = in(target, "schemas", DATABASE)) {
                for (String name : List.of("function", "schema")) {
                    assertThat(withoutId(json(there, name))).isEqualTo(withoutId(json(client, name)));
                }
                assertThat(json(there, "schema")).contains("\"batch_ingest\":false", "\"ef_search\":33");
            }
        }
    }

    private static String withoutId(String description) {
        return description.replaceFirst("\"id\":\"[^\"]+\"", "");
    }

    @Test
    void aDryRunSaysWhatThereIsAndChangesNothing() {
        try (ForebayClient client = made("dry", DATABASE)) {
            client.createCollection("docs", CollectionConfig.DEFAULT).write(numbered(0, 10));
        }
        Outcome outcome = migrate("dry", "--dry-run");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("dry/default_database/docs  10 records, dimension 3, l2",
                "1 collections, 10 records");
        assertThat(folder.resolve("state")).doesNotExist();
        try (ForebayClient there = in(target, "dry", DATABASE)) {
            assertThat(there.collections()).isEmpty();
        }
    }

    @Test
    void whatTheTargetHasAlreadyIsRefusedSkippedRenamedOrMerged() throws Exception {
        try (ForebayClient client = made("there", DATABASE)) {
            client.createCollection("docs", CollectionConfig.DEFAULT).write(numbered(0, 30));
            client.createCollection("other", CollectionConfig.DEFAULT).write(numbered(0, 3));
            assertThat(migrate("there", "--collection", "docs").code()).isZero();
            client.collection("docs").write(numbered(30, 40));

            Outcome refused = migrate("there");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains("nothing was copied", "there/default_database/docs",
                    "--on-existing");
            try (ForebayClient there = in(target, "there", DATABASE)) {
                assertThat(there.collections()).hasSize(1);

                Outcome skipped = migrate("there", "--on-existing", "skip");
                assertThat(skipped.code()).as(skipped.err()).isZero();
                assertThat(skipped.out()).contains("docs  left out", "1 of 1 collections");
                assertThat(there.collection("docs").count()).isEqualTo(30);
                assertThat(there.collection("other").count()).isEqualTo(3);

                Outcome renamed = migrate("there", "--on-existing", "rename", "--collection", "docs");
                assertThat(renamed.code()).as(renamed.err()).isZero();
                assertThat(renamed.out()).contains("docs as docs-migrated  40 records");
                assertThat(texts(there.collection("docs-migrated")))
                        .isEqualTo(texts(client.collection("docs")));

                there.collection("docs").write(RecordBatch.builder(Operation.UPSERT)
                        .record("r1", new float[]{9, 9, 9}, "newer")
                        .record("mine", new float[]{1, 1, 1}, "mine").build());
                Outcome merged = migrate("there", "--on-existing", "merge", "--collection", "docs");
                assertThat(merged.code()).as(merged.err() + merged.out()).isZero();
                assertThat(there.collection("docs").count()).isEqualTo(41);
                assertThat(there.collection("docs").get(GetRequest.ofIds("r1")).getFirst().document())
                        .as("what is there stays").isEqualTo("newer");
            }
        }
    }

    @Test
    void aDifferenceIsFoundAndToldWhereverItIs() {
        try (ForebayClient client = made("differences", DATABASE)) {
            client.createCollection("docs", CollectionConfig.of(Space.COSINE)).write(numbered(0, 100));
        }
        assertThat(migrate("differences").code()).isZero();
        try (ForebayClient there = in(target, "differences", DATABASE)) {
            CollectionClient docs = there.collection("docs");
            float almost = Math.nextUp(7f);
            docs.write(RecordBatch.builder(Operation.UPDATE).id("r7").embedding(new float[]{almost, 0.1f, -7})
                    .build());
            docs.write(RecordBatch.builder(Operation.UPDATE).id("r8").document("other").build());
            docs.write(RecordBatch.builder(Operation.UPDATE).id("r9")
                    .metadata(Map.of("n", MetadataValue.of(9.0))).build());
            docs.write(RecordBatch.builder(Operation.UPDATE).id("r10").uri("a").build());
            docs.write(RecordBatch.builder(Operation.DELETE).id("r11").build());
        }
        Outcome outcome = migrate("differences", "--resume", "--verify", "full");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("NOT THE SAME: 6 differences",
                "the source has 100 records, the target 99", "'r7' has another embedding",
                "'r8' has another document", "'r9' has other metadata", "'r10' has another uri",
                "'r11' is missing");
        assertThat(outcome.err()).contains("of 1 collections 1 failed or are not the same");
        Outcome counts = migrate("differences", "--resume", "--verify", "counts");
        assertThat(counts.out()).contains("NOT THE SAME: 1 differences");
    }

    @Test
    void tokensAreAskedForOnBothSidesAndSent() throws Exception {
        TokenFile file = new TokenFile(folder.resolve("tokens"));
        String reader = TokenStore.create(file, "reader", Role.READ, Limits.NONE, Instant.now(), null);
        String writer = TokenStore.create(file, "writer", Role.WRITE,
                new Limits(Set.of("default_tenant"), Set.of(DATABASE)), Instant.now(), null);
        String admin = TokenStore.create(file, "admin", Role.ADMIN, Limits.NONE, Instant.now(), null);
        try (TokenStore tokens = TokenStore.open(file);
                LoadServer from = LoadServer.start(folder.resolve("from"), tokens);
                LoadServer to = LoadServer.start(folder.resolve("to"), tokens)) {
            try (ForebayClient client = ForebayClient.builder(URI.create(from.url())).token(admin).build()) {
                client.createCollection("docs", CollectionConfig.DEFAULT).write(numbered(0, 10));
            }
            Outcome none = between(from.url(), to.url(), "default_tenant", "--to-token", admin);
            assertThat(none.code()).isEqualTo(1);
            assertThat(none.err()).contains("FOREBAY_FROM_TOKEN");
            Outcome half = between(from.url(), to.url(), "default_tenant", "--from-token", reader,
                    "--no-fork");
            assertThat(half.err()).contains("FOREBAY_TOKEN");
            Outcome forks = between(from.url(), to.url(), "default_tenant", "--from-token", reader,
                    "--to-token",
                    writer);
            assertThat(forks.code()).isEqualTo(1);
            assertThat(forks.out()).contains("--no-fork");
            Outcome both = between(from.url(), to.url(), "default_tenant", "--from-token", reader,
                    "--to-token",
                    writer, "--no-fork", "--resume");
            assertThat(both.code()).as(both.err() + both.out()).isZero();
            assertThat(both.out() + both.err()).doesNotContain(reader, writer);
            try (ForebayClient client = ForebayClient.builder(URI.create(to.url())).token(admin).build()) {
                assertThat(client.collection("docs").count()).isEqualTo(10);
            }
        }
    }

    @Test
    void whatIsWrittenMeanwhileIsNotInTheCopyOfAFork() throws Exception {
        try (ForebayClient client = made("moving", DATABASE)) {
            CollectionClient docs = client.createCollection("docs", CollectionConfig.DEFAULT);
            docs.write(numbered(0, 500));
            // An earlier run forked it and was killed; since then others wrote.
            Path state = folder.resolve("state");
            assertThat(migrate("moving").code()).isZero();
            docs.fork("docs-migrate-1234567890123");
            docs.write(numbered(500, 600));
            assertThat(migrate("moving", "--resume", "--verify", "none").out())
                    .as("forks of ours are left out")
                    .contains("1 collections with");
            String torn = Files.readString(state);
            Files.writeString(state, "done " + torn.length(), StandardOpenOption.APPEND);
            assertThat(migrate("moving", "--resume", "--verify", "none").code()).as("a torn line is cut off")
                    .isZero();
            Files.writeString(state, Files.readString(state).replaceFirst("created", "createt"));
            Outcome damaged = migrate("moving", "--resume");
            assertThat(damaged.code()).isEqualTo(1);
            assertThat(damaged.err()).contains("damaged, in line");
        }
    }

    @Test
    void linesOfJsonAreForScripts() {
        try (ForebayClient client = made("json", DATABASE)) {
            client.createCollection("docs", CollectionConfig.DEFAULT).write(numbered(0, 10));
        }
        Outcome outcome = migrate("json", "--json");
        assertThat(outcome.out().lines()).allMatch(line -> line.startsWith("{\"event\":\""))
                .anyMatch(
                        line -> line.contains("\"event\":\"collection\"") && line.contains("\"compared\":10"))
                .last().asString().contains("\"event\":\"done\"", "\"records\":10");
    }

    @Test
    void whatCannotBeIsSaidInOneLine() {
        assertThat(between("http://127.0.0.1:1", target.url(), "x").err())
                .contains("the source: cannot connect");
        assertThat(between(source.url(), "http://127.0.0.1:1", "x").err())
                .contains("the target: cannot connect");
        assertThat(migrate("nobody-knows-it").err()).contains("the tenant nobody-knows-it has no databases");
        assertThat(migrate("default_tenant", "--collection", "nope").err())
                .contains("there is no collection nope");
        assertThat(migrate("default_tenant", "--database", "nope").err())
                .contains("there is no database nope");
        assertThat(migrate("default_tenant", "--resume").err()).contains("to go on from");
        assertThat(migrate("default_tenant", "--verify", "much").code()).isEqualTo(2);
        assertThat(Outcome.of("migrate").code()).isEqualTo(2);
    }
}
