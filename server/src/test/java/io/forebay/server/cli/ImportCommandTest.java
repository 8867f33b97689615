package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.forebay.client.ForebayClient;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.GetRequest;
import io.forebay.model.Space;
import io.forebay.server.load.LoadServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code forebay import} in this process, against a real server that imports. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ImportCommandTest {
    private static final int UPLOAD_MAX = 4 << 20;
    @TempDir
    static Path store;
    private static LoadServer server;
    /** From where the server may fetch. */
    private static HttpServer elsewhere;
    private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();
    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        elsewhere.setExecutor(EXECUTOR);
        elsewhere.start();
        SourceOptions sources = new SourceOptions(List.of("localhost"), true, null,
                Map.of("mine",
                        new SourceOptions.PagedApi(away("/pages/{project}"), "entries", "next", 0, Map.of())),
                UPLOAD_MAX);
        ImportOptions o = ImportOptions.defaults();
        server = LoadServer.importing(store,
                new ImportOptions(UPLOAD_MAX, o.jobsAtOnceMax(), o.extractChunkSize(),
                        o.transformBatchSize(), o.loadBatchSize(), o.chunksAtOnceMax(),
                        o.memoryThresholdBytes(), 1, 20, 10,
                        o.keepMillis(), o.orphanMillis(), 0, o.jobsWaitingMax(), 8 << 20, o.lineBytesMax(),
                        o.expandedRatioMax(), o.defaultConnection(), o.connections()),
                sources);
    }

    @AfterAll
    static void stop() {
        elsewhere.stop(0);
        EXECUTOR.shutdownNow();
        server.close();
    }

    private static String away(String path) {
        return "http://localhost:" + elsewhere.getAddress().getPort() + path;
    }

    private static String line(int i) {
        return "{\"key\":\"r" + i + "\",\"body\":\"document " + i + " äöü\",\"n\":" + i + ",\"vector\":[" + i
                + ",1.5]}";
    }

    private static List<String> lines(int count) {
        return IntStream.range(0, count).mapToObj(ImportCommandTest::line).toList();
    }

    private Path file(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    private static Outcome run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("import"));
        Collections.addAll(all, arguments);
        if (!all.contains("--url")) {
            Collections.addAll(all, "--url", server.url());
        }
        return Outcome.of(all.toArray(String[]::new));
    }

    private static Outcome load(String source, String collection, String... more) {
        List<String> all = new ArrayList<>(List.of(source, "-c", collection, "--id-field", "key",
                "--text-field", "body", "--embedding-field", "vector", "--embedding-connection", "none"));
        Collections.addAll(all, more);
        return run(all.toArray(String[]::new));
    }

    private static long count(String collection) {
        try (ForebayClient client = server.client()) {
            return client.collection(collection).count();
        }
    }

    @Test
    void theCollectionIsMadeWithTheSpaceThatIsAskedFor() throws Exception {
        Path file = file("spaced.jsonl", lines(3));
        assertThat(load(file.toString(), "spaced", "--space", "ip").code()).isZero();
        try (ForebayClient client = server.client()) {
            assertThat(client.collection("spaced").description().space()).isEqualTo(Space.IP);
        }
        Outcome other = load(file.toString(), "spaced", "--space", "cosine");
        assertThat(other.code()).isOne();
        assertThat(other.err()).contains("has space ip, not cosine");
        Outcome wrong = load(file.toString(), "spaced", "--space", "euclid");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("--space is 'euclid', must be l2, cosine or ip");
    }

    @Test
    void aFileBecomesSearchableDocuments() throws Exception {
        Path file = file("my \"docs\" ä.jsonl", lines(300));
        Outcome outcome = load(file.toString(), "first", "--metadata-field", "n", "-m", "hello", "--author",
                "me");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("first: 300 inserted in ", ", all searchable; commit ");
        try (ForebayClient client = server.client()) {
            assertThat(client.collection("first").get(GetRequest.ofIds("r7")).get(0)).satisfies(record -> {
                assertThat(record.document()).isEqualTo("document 7 äöü");
                assertThat(record.embedding()).containsExactly(7, 1.5f);
            });
        }
        Outcome again = load(file.toString(), "first", "--metadata-field", "n", "--on-duplicate", "skip");
        assertThat(again.out()).contains("first: 0 inserted, 300 skipped");
        JobView last = JobView.of(run("--jobs", "-c", "first", "--json").out().lines().toList().getLast());
        assertThat(last.values()).containsEntry("message", "hello").containsEntry("author", "me");
        assertThat(run("--jobs", "-c", "first").out()).contains("completed", "300", last.id());
    }

    @Test
    void documentsThatFailAreCountedListedAndRetried() throws Exception {
        List<String> lines = new ArrayList<>(lines(20));
        lines.add(5, "no json");
        lines.add("{\"key\":\"bad\",\"body\":\"no vector\"}");
        Outcome outcome = load(file("bad.jsonl", lines).toString(), "bad");
        assertThat(outcome.code()).isEqualTo(ImportCommand.EXIT_SOME_FAILED);
        assertThat(outcome.out()).contains("bad: 20 inserted, 2 failed");
        assertThat(outcome.err()).contains("2 documents failed").contains("forebay import --errors ");
        String job = outcome.err().strip().replaceFirst("(?s).* ", "");
        Outcome errors = run("--errors", job);
        assertThat(errors.code()).isZero();
        assertThat(errors.out().lines()).hasSize(2).first().asString().contains("\"line\":6");
        Outcome retried = run("--retry", job);
        assertThat(retried.code()).as(retried.err()).isEqualTo(ForebayCommand.EXIT_FAILED);
        assertThat(retried.err()).contains("Not one of 2 documents", "2 documents failed");
    }

    @Test
    void aJobIsLeftAndComeBackTo() throws Exception {
        Outcome left = load(file("left.jsonl", lines(50)).toString(), "left", "--no-follow");
        assertThat(left.code()).isZero();
        String job = left.out().strip();
        assertThat(job).matches("[0-9a-f-]{36}");
        Outcome followed = run("--follow", job, "--json");
        assertThat(followed.code()).isZero();
        assertThat(followed.out().lines()).hasSize(1);
        assertThat(JobView.of(followed.out()).values()).containsEntry("status", "completed")
                .containsEntry("result.documents_inserted", "50").containsEntry("progress.indexed", "50");
    }

    @Test
    void eventsAreLinesOfJson() throws Exception {
        Outcome outcome = load(file("events.jsonl", lines(50)).toString(), "events", "--json", "--events");
        assertThat(outcome.code()).isZero();
        List<String> events = outcome.out().lines().toList();
        assertThat(events).hasSizeGreaterThan(1);
        assertThat(JobView.of(events.getFirst()).status()).isEqualTo("pending");
        assertThat(JobView.of(events.getLast()).status()).isEqualTo("completed");
    }

    @Test
    void aStreamThatIsRefusedOrCutIsAskedForAgain() throws Exception {
        try (JobProxy proxy = new JobProxy(server.url())) {
            proxy.refusals.set(1);
            proxy.cuts.set(1);
            CountDownLatch hold = hold("/held.jsonl", lines(10));
            EXECUTOR.submit(() -> {
                await().until(() -> proxy.requests.stream().filter(r -> r.endsWith("/events")).count() >= 2);
                hold.countDown();
            });
            Outcome outcome = load(away("/held.jsonl"), "proxied", "--url", proxy.url());
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).contains("proxied: 10 inserted");
            assertThat(proxy.requests).filteredOn(r -> r.endsWith("/events")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(proxy.requests).anyMatch(r -> r.matches("/api/etl/jobs/[0-9a-f-]{36}"));
        }
    }

    /** The second half of a file comes when it is let go. */
    private static CountDownLatch hold(String path, List<String> lines) {
        CountDownLatch latch = new CountDownLatch(1);
        byte[] body = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        elsewhere.createContext(path, exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseBody().write(body, body.length / 2, body.length - body.length / 2);
            exchange.close();
        });
        return latch;
    }

    @Test
    void aJobIsCancelled() throws Exception {
        CountDownLatch hold = hold("/stuck.jsonl", lines(10));
        String job = load(away("/stuck.jsonl"), "stuck", "--no-follow").out().strip();
        Outcome cancelled = run("--cancel", job);
        hold.countDown();
        assertThat(cancelled.code()).as(cancelled.err()).isZero();
        assertThat(cancelled.out()).contains("the job " + job + " is cancelled; 0 documents were loaded");
        Outcome followed = run("--follow", job);
        assertThat(followed.code()).isEqualTo(ForebayCommand.EXIT_FAILED);
        assertThat(followed.err()).contains("was cancelled");
    }

    @Test
    void itemsOfAnInterfaceAreImported() {
        elsewhere.createContext("/pages/", exchange -> {
            boolean second = "2".equals(exchange.getRequestURI().getQuery());
            byte[] body = ("{\"entries\":[" + line(second ? 1 : 0) + "]"
                    + (second ? "" : ",\"next\":\"" + away("/pages/p?2") + "\"") + "}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        Outcome outcome = run("--api", "mine", "--parameter", "project=p", "-c", "paged", "--id-field", "key",
                "--text-field", "body", "--embedding-field", "vector", "--embedding-connection", "none");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(count("paged")).isEqualTo(2);
        Outcome wrong = run("--api", "mine", "-c", "paged");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("[project]");
    }

    @Test
    void aCommitIsUndone() throws Exception {
        Outcome outcome = load(file("undo.jsonl", lines(30)).toString(), "undone");
        String commit = outcome.out().strip().replaceFirst("(?s).*; commit ", "");
        assertThat(commit).matches("[0-9a-f]{64}");
        Outcome undone = run("--undo", commit, "-c", "undone");
        assertThat(undone.code()).as(undone.err()).isZero();
        assertThat(undone.out()).contains("30 deleted");
        assertThat(count("undone")).isZero();
        assertThat(run("--undo", "0".repeat(64), "-c", "undone").code()).isEqualTo(1);
    }

    @Test
    void whatTheServerRefusesIsSaidAsItSays() throws Exception {
        Outcome type = load(file("docs.exe", lines(1)).toString(), "refused");
        assertThat(type.code()).isEqualTo(1);
        assertThat(type.err()).startsWith("forebay: ").contains("exe");
        Outcome host = load("http://192.0.2.1/x.jsonl", "refused");
        assertThat(host.code()).isEqualTo(1);
        assertThat(host.err()).contains("imports.allowed_hosts");
        Path large = Files.write(folder.resolve("large.jsonl"), new byte[3 * UPLOAD_MAX + (8 << 20)]);
        Outcome tooLarge = load(large.toString(), "refused");
        assertThat(tooLarge.code()).isEqualTo(1);
        assertThat(tooLarge.err()).contains("imports.max_upload_bytes");
        Path larger = Files.write(folder.resolve("larger.jsonl"), new byte[UPLOAD_MAX + (3 << 20)]);
        Outcome inTheMiddle = load(larger.toString(), "refused");
        assertThat(inTheMiddle.code()).isEqualTo(1);
        assertThat(inTheMiddle.err()).contains("imports.max_upload_bytes");
        assertThat(run("--follow", "00000000-0000-7000-8000-000000000000").code()).isEqualTo(1);
        assertThat(load(folder.resolve("none.jsonl").toString(), "refused").err()).contains("is not there");
        Outcome away = run("--jobs", "--url", "http://127.0.0.1:1");
        assertThat(away.code()).isEqualTo(1);
        assertThat(away.err()).startsWith("forebay: the server cannot be reached");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"'' | 'FILE|URL'", "x.jsonl | --collection", "x.jsonl --jobs | only one",
                    "--jobs --revert | --cancel", "x.jsonl -c y --on-duplicate z | --on-duplicate",
                    "--jobs --events | --json",
                    "--undo abc | --collection", "--jobs --parameter a=b | --api", "--jobs --force | --undo"},
            quoteCharacter = '\'', maxCharsPerColumn = 200)
    void aWrongCommandLineIsExplained(String arguments, String expected) {
        Outcome outcome = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(outcome.code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(outcome.err()).contains(expected);
    }
}
