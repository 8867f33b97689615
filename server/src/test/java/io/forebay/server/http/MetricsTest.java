package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.client.ForebayClient;
import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Authentication;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The metrics of a server that did some work: each says what it means and is in docs/metrics.md ({@code
 * -Dforebay.rewrite=true} writes the tables there), and dashboard and alert rules name none that does not exist. A metric
 * that appears with its first event only needs that event in {@link #work}.
 */
class MetricsTest {
    private static final Path DOCS = Path.of(System.getProperty("forebay.root"), "docs");
    private static final Path LIST = DOCS.resolve("metrics.md");
    private static final String START = "<!-- metrics -->";
    private static final String END = "<!-- end of metrics -->";
    private static final Pattern NAME = Pattern.compile("\\b(forebay|jvm|process|system)_[a-z0-9_]+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    @TempDir
    static Path directory;

    private static TestServer server;
    private static String scrape;
    private static final TreeMap<String, Metric> METRICS = new TreeMap<>();
    private static final Set<String> SERIES = new TreeSet<>();

    private record Metric(String type, String help, Set<String> labels) {}

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory.resolve("one"), TestServer.options(), Authentication.OFF,
                ImportHttpTest.options(1 << 20, 0), SourceOptions.NONE);
        work();
        scrape = server.metrics.scrape();
        read(scrape);
        if (Boolean.getBoolean("forebay.rewrite")) {
            rewrite();
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static void work() {
        String docs = server.collection("docs");
        server.post(docs + "/add",
                "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,2],[3,4]],\"metadatas\":[{\"n\":1},null]}");
        for (int i = 0; i < 2; i++) {
            server.send(HttpRequest.newBuilder(server.uri(docs + "/add"))
                    .header("Content-Type", "application/json").header("Idempotency-Key", "k")
                    .POST(BodyPublishers.ofString("{\"ids\":[\"c\"],\"embeddings\":[[1,2]]}")));
        }
        assertThat(server.post(docs + "/add", "{\"ids\":[\"d\"],\"embeddings\":[[1]]}").statusCode())
                .as("refused").isEqualTo(400);
        server.post(docs + "/flush", "");
        server.post(docs + "/query", "{\"query_embeddings\":[[1,2]],\"where\":{\"n\":1}}");
        server.post(docs + "/get", "{}");
        server.get(docs + "/count");
        server.get("/nowhere");
        ImportForms.ended(server, ImportForms.idOf(ImportForms.upload(server,
                ImportForms.form("imported", "a.jsonl", ImportForms.jsonl(0, 2) + "no json\n"))));
        await().until(() -> server.metrics.scrape().contains("\nforebay_import_duration_seconds_count"));
        try (BinaryServer binary = BinaryServer.start(server.server.shared(),
                BinaryOptions.at("127.0.0.1", 0));
                ForebayClient client = ForebayClient.connect("forebay://127.0.0.1:" + binary.port())) {
            client.heartbeat();
        }
        // What a collection of garbage left is told by the first one.
        await().until(() -> {
            System.gc();
            return server.metrics.scrape().contains("\njvm_gc_pause_seconds_count");
        });
    }

    /** A line that is no comment belongs to the metric whose TYPE came last. */
    private static void read(String text) {
        Map<String, String> help = new TreeMap<>();
        Metric metric = null;
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                help.put(words[2], words.length < 4 ? "" : words[3]);
            } else if (line.startsWith("# TYPE ")) {
                metric = new Metric(words[3], help.getOrDefault(words[2], ""), new TreeSet<>());
                assertThat(METRICS.put(words[2], metric)).as(words[2] + " comes once").isNull();
            } else {
                SERIES.add(line.split("[{ ]", 2)[0]);
                Matcher labels = LABEL.matcher(line);
                while (labels.find()) {
                    metric.labels.add(labels.group(1));
                }
            }
        }
        METRICS.keySet().forEach(SERIES::add);
    }

    @Test
    void everyMetricSaysWhatItMeans() {
        assertThat(METRICS).hasSizeGreaterThan(90)
                .allSatisfy((name, metric) -> assertThat(metric.help().strip()).as(name).isNotEmpty());
    }

    @Test
    void theListOfMetricsIsTheServersOwn() throws IOException {
        TreeMap<String, String> told = documented();
        TreeMap<String, String> served = new TreeMap<>();
        METRICS.forEach((name, metric) -> served.put(name, row(name, metric)));
        // Which of these there are is the JVM's affair, and its collector's.
        told.keySet().removeIf(name -> !name.startsWith("forebay_") && !served.containsKey(name));
        served.keySet().removeIf(name -> name.startsWith("jvm_gc_") && !told.containsKey(name));
        assertThat(told).as("write it again with -Dforebay.rewrite=true, then review the difference")
                .isEqualTo(served);
    }

    private static String row(String name, Metric metric) {
        return "| `" + name + "` | " + metric.type() + " | " + unit(name) + " | "
                + String.join(", ", labels(name, metric)) + " | " + metric.help().replace("|", "\\|") + " |";
    }

    /** Whether there is a pin when it is looked at is a matter of chance. */
    private static Set<String> labels(String name, Metric metric) {
        return name.equals("forebay_log_pinned_bytes")
                ? new TreeSet<>(Set.of("tenant", "database", "collection", "id"))
                : metric.labels();
    }

    /** The name says it. */
    private static String unit(String name) {
        for (String unit : List.of("records_per_second", "bytes_per_second", "bytes", "seconds", "records",
                "seq_id")) {
            if (name.matches(".*_" + unit + "(_max|_total)?")) {
                return unit.replace("_per_", "/").replace("seq_id", "seqId");
            }
        }
        return "";
    }

    private static TreeMap<String, String> documented() throws IOException {
        String text = Files.readString(LIST);
        TreeMap<String, String> rows = new TreeMap<>();
        for (String line : text.substring(text.indexOf(START), text.indexOf(END)).split("\n")) {
            if (line.startsWith("| `")) {
                rows.put(line.substring(3, line.indexOf('`', 3)), line);
            }
        }
        return rows;
    }

    private static void rewrite() throws IOException {
        TreeMap<String, String> rows = documented();
        rows.keySet().removeIf(name -> name.startsWith("forebay_"));
        METRICS.forEach((name, metric) -> rows.put(name, row(name, metric)));
        String text = Files.readString(LIST);
        Files.writeString(LIST, text.substring(0, text.indexOf(START)) + START
                + "\n\n| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n"
                + String.join("\n", rows.values()) + "\n\n" + text.substring(text.indexOf(END)));
    }

    // ---- dashboard and alert rules ----

    private static void allExist(String where, String expression) {
        Matcher names = NAME.matcher(expression);
        int count = 0;
        for (; names.find(); count++) {
            assertThat(SERIES).as(where + ": " + expression).contains(names.group());
        }
        assertThat(count > 0 || expression.startsWith("up{")).as(where + " names a metric: " + expression)
                .isTrue();
    }

    @Test
    void theDashboardNamesOnlyMetricsThatExist() throws IOException {
        Map<String, Object> dashboard = TestJson
                .object(Files.readString(DOCS.resolve("operations/grafana-dashboard.json")));
        Set<Object> ids = new TreeSet<>();
        int expressions = 0;
        for (Object one : ApiDocument.list(dashboard.get("panels"))) {
            Map<String, Object> panel = ApiDocument.map(one);
            assertThat(ids.add(panel.get("id"))).as("ids of panels").isTrue();
            if (panel.containsKey("targets")) {
                for (Object target : ApiDocument.list(panel.get("targets"))) {
                    allExist((String) panel.get("title"), (String) ApiDocument.map(target).get("expr"));
                    expressions++;
                }
            }
        }
        assertThat(expressions).isGreaterThan(40);
    }

    @Test
    void theAlertRulesNameOnlyMetricsThatExistAndSayWhatToDo() throws IOException {
        Object rules = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(DOCS.resolve("operations/alerts.yaml")));
        String operations = Files.readString(DOCS.resolve("operations.md"));
        Set<String> names = new TreeSet<>();
        for (Object group : ApiDocument.list(ApiDocument.map(rules).get("groups"))) {
            for (Object one : ApiDocument.list(ApiDocument.map(group).get("rules"))) {
                Map<String, Object> rule = ApiDocument.map(one);
                String name = (String) rule.get("alert");
                assertThat(names.add(name)).as(name).isTrue();
                allExist(name, (String) rule.get("expr"));
                assertThat((String) rule.get("for")).as(name).matches("\\d+[mh]");
                assertThat(ApiDocument.map(rule.get("labels")).get("severity")).as(name).isIn("critical",
                        "warning");
                Map<String, Object> annotations = ApiDocument.map(rule.get("annotations"));
                assertThat((String) annotations.get("summary")).as(name).isNotEmpty();
                assertThat(annotations.get("runbook")).as(name)
                        .isEqualTo("docs/operations.md#" + name.toLowerCase(java.util.Locale.ROOT));
                assertThat(operations).as("what to do about " + name).contains("\n#### " + name + "\n");
            }
        }
        assertThat(names).hasSizeGreaterThan(10);
    }

    // ---- many collections ----

    @Test
    void aBoundedNumberOfCollectionsHaveSeriesOfTheirOwnAndAllAreInTheTotals() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            server.collection("more-" + i);
        }
        CollectionMetricsText.append(text, server.engine, 2);
        List<String> records = text.toString().lines()
                .filter(line -> line.startsWith("forebay_collection_records{")).toList();
        assertThat(records).hasSize(2).first().asString().contains("collection=\"docs\"").endsWith(" 3");
        assertThat(text).contains("\nforebay_collections 7\n").contains("\nforebay_collections_shown 2\n")
                .contains("\nforebay_ingest_lag_records 0\n");
        text.setLength(0);
        CollectionMetricsText.append(text, server.engine, 0);
        assertThat(text).contains("\nforebay_collections 7\n").doesNotContain("{");
    }
}
