package io.forebay.bench.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.http.ChromaInstall;
import io.forebay.bench.http.ChromaServer;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.Durability;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.StoredRecord;
import io.forebay.server.cli.ForebayCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code forebay migrate} from Chroma's own server; skipped, with the reason, where that does not run. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ChromaMigrationTest {
    private static final String DEFAULT = "/api/v2/tenants/default_tenant/databases/default_database";
    private static final int MANY = 12_345;
    @TempDir
    static Path folder;
    private static Workspace workspace;
    private static ChromaServer chroma;
    private static ServerProcess forebay;
    private static ForebayClient source;

    private record Outcome(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        workspace = Workspace.in(folder);
        try {
            chroma = new ChromaServer(ChromaInstall.of(workspace, "npm"), workspace.newDirectory("chroma"));
        } catch (IOException e) {
            System.out.println("skipped: Chroma's own server does not run here: " + e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        source = ForebayClient.connect("http://127.0.0.1:" + chroma.port());
        forebay = ServerProcess.start(workspace.newDirectory("forebay"), true, Durability.OS);
    }

    @AfterAll
    static void stop() throws Exception {
        if (source != null) {
            source.close();
            forebay.close();
            chroma.close();
        }
        workspace.close();
    }

    private static String call(String method, String path, String json) {
        return new String(source.callAsync(method, path, json, false).join(), StandardCharsets.UTF_8);
    }

    /** Its id. */
    private static String create(String database, String json) {
        return call("POST", database + "/collections", json).replaceFirst(".*?\"id\":\"([^\"]+)\".*", "$1");
    }

    private static Outcome migrate(String state, String... more) {
        List<String> arguments = new ArrayList<>(List.of("migrate", "--from", "http://127.0.0.1:"
                + chroma.port(), "--to", forebay.address().toString(), "--state",
                folder.resolve(state).toString(), "--verify", "full"));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ForebayCommand.commandLine().setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(arguments.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    private static List<String> texts(CollectionClient collection) {
        List<StoredRecord> all = collection.get(new GetRequest(null, null, null, 0, EnumSet.of(
                Include.EMBEDDINGS, Include.DOCUMENTS, Include.METADATAS, Include.URIS)));
        return all.stream().map(record -> record.id() + " " + Arrays.toString(record.embedding()) + " "
                + record.document() + " " + record.uri() + " "
                + (record.metadata() == null ? "none" : new TreeMap<>(record.metadata()))).toList();
    }

    private static ForebayClient at(URI address, String tenant, String database) {
        return ForebayClient.builder(address).tenant(tenant).database(database).build();
    }

    private static void assertSame(String tenant, String database, String name) {
        try (ForebayClient was = at(URI.create("http://127.0.0.1:" + chroma.port()), tenant, database);
                ForebayClient is = at(forebay.address(), tenant, database)) {
            assertThat(texts(is.collection(name))).isEqualTo(texts(was.collection(name)));
        }
    }

    @Test
    void everyKindOfRecordComesOverFromTheDefaultTenant() {
        String kinds = create(DEFAULT,
                """
                        {"name":"kinds","metadata":{"owner":"käthe","n":7,"real":1.5,"yes":true},
                         "configuration":{"hnsw":{"space":"cosine","ef_construction":150,"ef_search":77,"max_neighbors":24},
                         "embedding_function":{"type":"known","name":"default","config":{"model":"m"}}}}""");
        call("POST", DEFAULT + "/collections/" + kinds + "/add",
                """
                        {"ids":["z first","漢字 🐘 \\"quoted\\" \\\\ \\n","m","arrays","empty","a last"],
                         "embeddings":[[0.5,1e-30,3],[0.1,0.2,0.3],[1,2,3],[4,5,6],[1e10,1,1],[7,8,9]],
                         "documents":["","Größe 🐘\\u2028",null,"x","no metadata","the end"],
                         "uris":["file:///ü/日本.png",null,null,"",null,null],
                         "metadatas":[{"n":1},null,{"text":"ß\\"\\\\\\n","whole":9007199254740993,"five":5,"five.0":5.0,
                          "real":1e-300,"yes":true,"no":false},{"texts":["a","","ü"],"ints":[1,-2],"reals":[1.5,2.0],
                          "flags":[true,false]},{},{"last":true}]}""");
        call("POST", DEFAULT + "/collections/" + kinds + "/delete", "{\"ids\":[\"m\"]}");
        call("POST", DEFAULT + "/collections/" + kinds + "/add",
                "{\"ids\":[\"m\"],\"embeddings\":[[1,1,2]],\"metadatas\":[{\"again\":1}]}");
        create(DEFAULT, "{\"name\":\"empty\",\"metadata\":{\"hnsw:space\":\"ip\"}}");

        Outcome outcome = migrate("kinds", "--collection", "kinds", "--collection", "empty");
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isZero();
        assertThat(outcome.out()).contains("default_tenant/default_database/kinds  6 records",
                "6 compared and the same", "default_tenant/default_database/empty  0 records");
        assertSame("default_tenant", "default_database", "kinds");
        assertThat(description("kinds")).contains("\"space\":\"cosine\"", "\"ef_construction\":150",
                "\"ef_search\":77", "\"max_neighbors\":24", "\"owner\":\"käthe\"",
                "\"name\":\"default\"", "\"model\":\"m\"");
        assertThat(description("empty")).contains("\"space\":\"ip\"", "\"hnsw:space\":\"ip\"");
    }

    private static String description(String name) {
        try (ForebayClient there = ForebayClient.connect(forebay.address().toString())) {
            return new String(there.callAsync("GET", DEFAULT + "/collections/" + name, null, true).join(),
                    StandardCharsets.UTF_8);
        }
    }

    @Test
    void aVectorThatChromaGivesWithoutNumbersIsRefusedAndTheRestComesOver() {
        String odd = create(DEFAULT,
                "{\"name\":\"odd\",\"configuration\":{\"hnsw\":{\"space\":\"cosine\"}}}");
        // The square of its length is more than a float32 has, and Chroma keeps lengths and directions.
        call("POST", DEFAULT + "/collections/" + odd + "/add",
                "{\"ids\":[\"a\",\"large\",\"b\"],\"embeddings\":[[1,2],[1e30,1],[3,4]]}");
        Outcome outcome = migrate("odd", "--collection", "odd");
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isEqualTo(3);
        assertThat(outcome.out()).contains("odd  2 records", ", 1 refused");
        assertThat(outcome.err()).contains("the record 'large' is refused", "NaN");
        Outcome again = migrate("odd", "--collection", "odd", "--resume");
        assertThat(again.code()).as(again.err() + again.out()).isEqualTo(3);
    }

    @Test
    void manyRecordsInDatabasesOfOtherTenantsComeOverAndKeepTheirOrder() {
        call("POST", "/api/v2/tenants", "{\"name\":\"Kunde 1\"}");
        for (String database : List.of("first", "second")) {
            call("POST", "/api/v2/tenants/Kunde%201/databases", "{\"name\":\"" + database + "\"}");
        }
        String path = "/api/v2/tenants/Kunde%201/databases/first";
        String many = create(path, "{\"name\":\"many\"}");
        for (int from = 0; from < MANY; from += 2_500) {
            StringBuilder ids = new StringBuilder();
            StringBuilder embeddings = new StringBuilder();
            for (int i = from; i < Math.min(MANY, from + 2_500); i++) {
                int shuffled = (int) (i * 7919L % MANY);
                ids.append(i == from ? "" : ",").append("\"r").append(shuffled).append('"');
                embeddings.append(i == from ? "" : ",").append('[').append(Math.sin(i)).append(',').append(i)
                        .append(']');
            }
            call("POST", path + "/collections/" + many + "/add",
                    "{\"ids\":[" + ids + "],\"embeddings\":[" + embeddings + "]}");
        }
        create("/api/v2/tenants/Kunde%201/databases/second", "{\"name\":\"other\"}");

        Outcome outcome = migrate("many", "--tenant", "Kunde 1");
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isZero();
        assertThat(outcome.out()).contains("2 of 2 collections are there", "12,345 compared and the same");
        assertSame("Kunde 1", "first", "many");

        // What is written at the source behind its back is found.
        call("POST", path + "/collections/" + many + "/upsert",
                "{\"ids\":[\"r17\",\"new\"],\"embeddings\":[[0,0],[1,1]],\"documents\":[\"other\",null]}");
        Outcome behind = migrate("many", "--tenant", "Kunde 1", "--resume");
        assertThat(behind.code()).isEqualTo(1);
        assertThat(behind.out()).contains("the source has 12346 records, the target 12345",
                "'r17' has another embedding", "'r17' has another document", "'new' is missing");
    }
}
