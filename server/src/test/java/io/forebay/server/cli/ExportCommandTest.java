package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code forebay export}, and back with {@code forebay load}; query, get and collections. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExportCommandTest {
    private static final int DIMENSION = 5;
    @TempDir
    static Path store;
    private static LoadServer server;
    private static ForebayClient client;
    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = LoadServer.start(store);
        client = server.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static Outcome run(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--url";
        all[arguments.length + 1] = server.url();
        return Outcome.of(all);
    }

    /** Any bits that are a finite float. */
    private static float any(SplittableRandom random) {
        float value = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(value) ? value : -0f;
    }

    private static CollectionClient filled(String name, int records) {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        CollectionClient made = client.createCollection(name, CollectionConfig.of(Space.L2));
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = 0; i < records; i++) {
            float[] embedding = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                embedding[j] = any(random);
            }
            batch.record("id \"" + i + "\" \u00fc\ud83d\ude00", embedding,
                    i % 3 == 0 ? null : "line\n" + i + "\u2028\t\\",
                    i % 4 == 0
                            ? null
                            : Map.of("int", MetadataValue.of(Long.MIN_VALUE + i), "float",
                                    MetadataValue.of(5.0 * i),
                                    "bool", MetadataValue.TRUE, "texts",
                                    new MetadataValue.StrArray(List.of("a", "\"b\"")), "numbers",
                                    new MetadataValue.FloatArray(List.of(1.0, 2.5)), "sparse",
                                    MetadataValue
                                            .of(new SparseVector(new int[]{1, -1}, new float[]{0.1f, 2}))),
                    i % 5 == 0 ? "https://example.org/" + i : null);
        }
        made.write(batch.build());
        return made;
    }

    private static List<StoredRecord> all(CollectionClient from) {
        return from.get(new GetRequest(null, null, null, 0,
                EnumSet.of(Include.EMBEDDINGS, Include.DOCUMENTS, Include.METADATAS, Include.URIS)));
    }

    private static void assertSame(CollectionClient one, CollectionClient other) {
        List<StoredRecord> expected = all(one);
        List<StoredRecord> actual = all(other);
        assertThat(actual).hasSameSizeAs(expected);
        Map<String, StoredRecord> byId = new java.util.HashMap<>();
        actual.forEach(record -> byId.put(record.id(), record));
        for (StoredRecord record : expected) {
            StoredRecord same = byId.get(record.id());
            assertThat(same).as(record.id()).isNotNull();
            for (int i = 0; i < DIMENSION; i++) {
                assertThat(Float.floatToRawIntBits(same.embedding()[i]))
                        .isEqualTo(Float.floatToRawIntBits(record.embedding()[i]));
            }
            assertThat(same.document()).isEqualTo(record.document());
            assertThat(same.metadata()).isEqualTo(record.metadata());
            assertThat(same.uri()).isEqualTo(record.uri());
        }
    }

    @Test
    void whatIsExportedIsLoadedAsItWas() {
        CollectionClient source = filled("round", 2_345);
        source.delete(new DeleteRequest(List.of(all(source).get(100).id()), null, null));
        Path json = folder.resolve("round.jsonl.gz");
        Outcome outcome = run("export", "round", "-o", json.toString(), "--page", "500");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("2,344 records to " + json, "forebay load " + json);
        assertThat(run("load", json.toString(), "-c", "round-json").code()).isZero();
        assertSame(source, client.collection("round-json"));
        Path npy = folder.resolve("round.npy");
        assertThat(run("export", "round", "-o", npy.toString()).code()).isZero();
        Outcome loaded = run("load", npy.toString(), "--side", folder.resolve("round.jsonl").toString(), "-c",
                "round-npy");
        assertThat(loaded.code()).as(loaded.err()).isZero();
        assertSame(source, client.collection("round-npy"));
        assertThat(run("export", "round").out().lines()).hasSize(2_344);
        assertThat(client.collections()).extracting(CollectionClient::name)
                .noneMatch(name -> name.contains(ExportSnapshot.MARK));
    }

    @Test
    void itIsOfOnePositionWhileOthersWrite() throws Exception {
        CollectionClient source = client.createCollection("busy", CollectionConfig.of(Space.L2));
        AtomicBoolean enough = new AtomicBoolean();
        // Each batch is of ten records of one number; the first and the last are of the same, whoever looks when.
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int written = 0;
            while (!enough.get()) {
                RecordBatchBuilder batch = RecordBatch.builder(Operation.UPSERT);
                for (int i = 0; i < 10; i++) {
                    batch.record("same" + i, new float[]{1, 1}, "v" + written);
                }
                batch.record("new" + written, new float[]{1, 2}, "v" + written);
                source.write(batch.build());
                written++;
            }
            return written;
        });
        org.awaitility.Awaitility.await().until(() -> source.count() > 50);
        Path file = folder.resolve("busy.jsonl");
        Outcome outcome = run("export", "busy", "-o", file.toString(), "--page", "7");
        Outcome unforked = run("export", "busy", "-o", folder.resolve("live.jsonl").toString(), "--page", "1",
                "--no-fork");
        enough.set(true);
        writer.join();
        assertThat(outcome.code()).as(outcome.err()).isZero();
        List<String> lines = Files.readAllLines(file);
        String last = lines.getLast();
        String version = last.replaceFirst(".*\"document\":\"(v\\d+)\".*", "$1");
        assertThat(lines.stream().filter(line -> line.contains("\"id\":\"same"))).hasSize(10)
                .allSatisfy(line -> assertThat(line).contains("\"" + version + "\""));
        assertThat(lines.stream().filter(line -> line.contains("\"id\":\"new")))
                .hasSize(Integer.parseInt(version.substring(1)) + 1);
        assertThat(unforked.code()).isEqualTo(1);
        assertThat(unforked.err()).contains("somebody wrote to busy");
        assertThat(folder.resolve("live.jsonl")).doesNotExist();
        assertThat(folder.resolve("live.jsonl.part")).doesNotExist();
        Outcome quiet = run("export", "busy", "-o", folder.resolve("live.jsonl").toString(), "--no-fork");
        assertThat(quiet.code()).as(quiet.err()).isZero();
    }

    @Test
    void withoutAForkWhatIsWrittenBetweenTheCountAndTheFirstPageIsSeen() {
        CollectionClient source = filled("between", 3);
        try (ExportSnapshot snapshot = ExportSnapshot.live(client, source, 10)) {
            assertThat(snapshot.count()).isEqualTo(3);
            source.write(RecordBatch.builder(Operation.ADD).record("late", new float[DIMENSION]).build());
            assertThatThrownBy(() -> ExportSnapshot.waited(snapshot.page(0)))
                    .hasMessageContaining("somebody wrote to between");
        }
    }

    private static ForebayClient client(LoadServer of, String token) {
        return ForebayClient.builder(URI.create(of.url())).token(token).build();
    }

    @Test
    void aTokenThatMayOnlyReadExportsWithoutAFork() {
        TokenFile file = new TokenFile(folder.resolve("tokens"));
        Instant now = Instant.now();
        String writer = TokenStore.create(file, "writer", Role.WRITE, Limits.NONE, now, null);
        String reader = TokenStore.create(file, "reader", Role.READ, Limits.NONE, now, null);
        try (TokenStore tokens = TokenStore.open(file);
                LoadServer closed = LoadServer.start(folder.resolve("closed"), tokens);
                ForebayClient writing = client(closed, writer)) {
            writing.createCollection("docs", CollectionConfig.of(Space.L2))
                    .write(RecordBatch.builder(Operation.ADD).record("a", new float[]{1}).build());
            String output = folder.resolve("docs.jsonl").toString();
            Outcome refused = Outcome.of("export", "docs", "-o", output, "--url", closed.url(), "--token",
                    reader);
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err().lines()).singleElement().asString().contains("role write", "--no-fork");
            Outcome done = Outcome.of("export", "docs", "-o", output, "--url", closed.url(), "--token",
                    reader,
                    "--no-fork");
            assertThat(done.code()).as(done.err()).isZero();
            assertThat(Path.of(output)).hasContent("{\"id\":\"a\",\"embedding\":[1.0]}");
            Outcome nobody = Outcome.of("get", "docs", "--url", closed.url(), "--token", "x");
            assertThat(nobody.err()).contains("it does not take the one in FOREBAY_TOKEN");
            Outcome load = Outcome.of("load", output, "-c", "docs", "--url", closed.url(), "--token", reader);
            assertThat(load.code()).as(load.err()).isEqualTo(1);
        }
    }

    @Test
    void recordsAreShownAsATableAndAsJson() {
        CollectionClient shown = client.createCollection("shown", CollectionConfig.of(Space.L2));
        shown.write(RecordBatch.builder(Operation.ADD)
                .record("a", new float[]{1, 0}, "first\nline " + "x".repeat(200),
                        Map.of("n", MetadataValue.of(1L)), null)
                .record("b", new float[]{0, 1}, "second", Map.of("n", MetadataValue.of(2L)), "u").build());
        Outcome table = run("get", "shown");
        assertThat(table.out().lines()).hasSize(3)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(101));
        assertThat(table.out()).contains("first line xxx", "...", "{\"n\":2}");
        assertThat(run("get", "shown", "--json", "--include", "embeddings,uris").out().lines())
                .containsExactly(
                        "{\"id\":\"a\",\"embedding\":[1.0,0.0]}",
                        "{\"id\":\"b\",\"embedding\":[0.0,1.0],\"uri\":\"u\"}");
        assertThat(run("get", "shown", "--where", "{\"n\":{\"$gt\":1}}", "--json").out().lines())
                .containsExactly("{\"id\":\"b\",\"document\":\"second\",\"metadata\":{\"n\":2}}");
        assertThat(run("get", "shown", "--ids", "b,none", "--json", "--include", "uris").out().lines())
                .containsExactly("{\"id\":\"b\",\"uri\":\"u\"}");
        assertThat(run("query", "shown", "--vector", "0,2", "-k", "1", "--json").out().lines())
                .containsExactly(
                        "{\"rank\":1,\"distance\":1.0,\"id\":\"b\",\"document\":\"second\",\"metadata\":{\"n\":2}}");
        assertThat(run("query", "shown", "--id", "a").out().lines().skip(1).findFirst().orElseThrow())
                .matches(" +1 +0\\S* +a .*");
        assertThat(run("collections").out()).contains("shown ", shown.id().toString());
        assertThat(run("collections", "--json").out()).contains("{\"name\":\"shown\",\"id\":\"" + shown.id()
                + "\",\"tenant\":\"default_tenant\",\"database\":\"default_database\",\"dimension\":2,\"space\":\"l2\"");
    }

    @Test
    void whatIsWrongIsOneLine() {
        client.createCollection("plain", CollectionConfig.of(Space.L2));
        assertThat(run("get", "nowhere").err().lines()).singleElement().asString().contains("nowhere");
        assertThat(run("query", "plain", "--vector", "1,x").err()).contains("component 1 is 'x'");
        assertThat(run("query", "plain", "--id", "x").err()).contains("there is no record 'x' in plain");
        assertThat(run("query", "plain").code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(run("get", "plain", "--read-level", "x").code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(run("get", "plain", "--include", "x").err()).contains("--include has 'x'");
        assertThat(run("get", "plain", "--where", "{").err()).contains("where is not JSON");
        assertThat(run("export", "plain", "-o", "x.csv").code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(run("get", "plain").out()).isEqualTo("no records\n");
    }

    @Test
    void theAddressComesFromTheEnvironmentUnlessItIsSaid() {
        ServerOptions options = new ServerOptions();
        assertThat(options.address(Map.of("FOREBAY_SERVER__HOST", "0.0.0.0", "FOREBAY_SERVER__PORT", "8123")))
                .hasToString("http://127.0.0.1:8123");
        assertThat(options.address(Map.of("CHROMA_PORT", "9000", "FOREBAY_SERVER__HOST", "::1")))
                .hasToString("http://[::1]:9000");
        assertThat(options.address(Map.of())).hasToString("http://127.0.0.1:8000");
    }
}
