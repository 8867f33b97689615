package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.ForebayClient;
import io.forebay.server.config.ConfigLoader;
import io.forebay.server.http.LeakWatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a running server with imports to a restored one, by the command line alone. */
class BackupCommandTest {
    @TempDir
    Path temp;

    private Path backups() {
        return temp.resolve("store/backups");
    }

    private static ServerRuntime serve(Path store) {
        LeakWatch.install();
        return ServerRuntime.start(ConfigLoader.load(null, Map.of(), Map.of("server.path", store.toString(),
                "server.port", "0", "wal.disk_reserve_bytes", "0", "wal.extent_bytes", "4MiB")));
    }

    private static String url(ServerRuntime server) {
        return server.startLine().replaceAll(".* (http://[0-9.:]+)[ ,].*", "$1");
    }

    private static Outcome ok(String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.code()).as("%s%s", outcome.out(), outcome.err()).isZero();
        return outcome;
    }

    private void load(String url, String collection, int from, int to) throws IOException {
        Path file = Files.write(temp.resolve(collection + from + ".jsonl"), IntStream.range(from, to)
                .mapToObj(i -> "{\"key\":\"r" + i + "\",\"body\":\"text " + i + "\",\"vector\":[" + i
                        + ",1.5]}")
                .toList());
        ok("import", file.toString(), "-c", collection, "--id-field", "key", "--text-field", "body",
                "--embedding-field", "vector", "--embedding-connection", "none", "--url", url);
    }

    private static long count(String url, String collection) {
        try (ForebayClient client = ForebayClient.builder(URI.create(url)).build()) {
            return client.collection(collection).count();
        }
    }

    private static String commits(String url, String collection) throws IOException, InterruptedException {
        String id;
        try (ForebayClient client = ForebayClient.builder(URI.create(url)).build()) {
            id = client.collection(collection).id().toString();
        }
        String path = "/api/v2/tenants/default_tenant/databases/default_database/collections/" + id
                + "/commits";
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client
                    .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    private String id(int index) throws IOException {
        return JobView.array(ok("backup", "list", "--from", backups().toString(), "--json").out(), "backups")
                .get(index).text("id");
    }

    @Test
    void aServerIsBackedUpAndRestoredWithItsImports() throws Exception {
        String first;
        String commits;
        try (ServerRuntime server = serve(temp.resolve("store"))) {
            load(url(server), "docs", 0, 300);
            assertThat(ok("backup", "create", "--url", url(server)).out()).contains("can be restored as of");
            first = id(0);
            commits = commits(url(server), "docs");
            load(url(server), "docs", 300, 400);
            JobView second = JobView.of(ok("backup", "create", "--url", url(server), "--json").out());
            assertThat(second.text("state")).isEqualTo("done");
            assertThat(second.count("bytes_new")).isPositive().isLessThanOrEqualTo(second.count("bytes"));
            String list = ok("backup", "list", "--url", url(server)).out();
            assertThat(list.lines()).hasSize(3);
            assertThat(list.replaceAll("\\s+", " ")).isEqualTo(
                    ok("backup", "list", "--from", backups().toString()).out().replaceAll("\\s+", " "));
            assertThat(ok("backup", "verify", first, "--url", url(server)).out())
                    .contains("all of it is sound");
            Outcome unknown = Outcome.of("backup", "verify", "20200101T000000-0000", "--url", url(server));
            assertThat(unknown.code()).isEqualTo(2);
            assertThat(unknown.err()).contains("no backup 20200101T000000-0000");
        }
        Path restored = temp.resolve("restored");
        ok("backup", "restore", "--from", backups().toString(), "--backup", first, "--to",
                restored.toString());
        try (ServerRuntime server = serve(restored)) {
            assertThat(count(url(server), "docs")).isEqualTo(300);
            assertThat(commits(url(server), "docs")).isEqualTo(commits);
            load(url(server), "docs", 300, 350);
            assertThat(count(url(server), "docs")).isEqualTo(350);
        }
        Outcome again = Outcome.of("backup", "restore", "--from", backups().toString(), "--to",
                restored.toString());
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("is not empty");
        damagedAndDeleted(first);
    }

    private void damagedAndDeleted(String first) throws IOException {
        String from = backups().toString();
        ok("backup", "delete", first, "--from", from);
        ok("backup", "verify", "--from", from);
        Path hit;
        try (Stream<Path> pool = Files.list(backups().resolve("pool"))) {
            hit = pool.filter(file -> file.toFile().length() > 1000).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(hit);
        bytes[500] ^= 1;
        Files.write(hit, bytes);
        Outcome verified = Outcome.of("backup", "verify", "--from", from);
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out()).contains(hit.toString());
        Outcome refused = Outcome.of("backup", "restore", "--from", from, "--to",
                temp.resolve("no").toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(temp.resolve("no")).doesNotExist();
        assertThat(Outcome.of("backup", "list", "--from", temp.resolve("nowhere").toString()).out())
                .isEqualTo("no backups\n");
    }

    @Test
    void aMistypedDirectoryLeavesNothingBehind() {
        Path typo = temp.resolve("typo");
        for (String[] mistyped : new String[][]{
                {"create", "--path", typo.resolve("store").toString()},
                {"create", "--path", temp.toString(), "--to", typo.resolve("a/b").toString()},
                {"delete", "20200101T000000-0000", "--from", temp.toString()},
                {"restore", "--from", typo.toString(), "--to", typo.resolve("new").toString()},
                {"restore", "--from", temp.toString(), "--to", typo.resolve("new").toString()}}) {
            String[] arguments = Stream.concat(Stream.of("backup"), Stream.of(mistyped))
                    .toArray(String[]::new);
            assertThat(Outcome.of(arguments).code()).as(String.join(" ", arguments)).isEqualTo(2);
            assertThat(temp).as(String.join(" ", arguments)).isEmptyDirectory();
        }
    }

    @Test
    void aStoppedStoreIsBackedUpWithoutAServer() throws Exception {
        Path store = temp.resolve("store");
        try (ServerRuntime server = serve(store)) {
            load(url(server), "docs", 0, 50);
            Outcome open = Outcome.of("backup", "create", "--path", store.toString());
            assertThat(open.code()).isEqualTo(2);
            assertThat(store.resolve("backups")).doesNotExist();
        }
        String to = temp.resolve("elsewhere").toString();
        ok("backup", "create", "--path", store.toString(), "--to", to, "--copy");
        List<String> range = ok("backup", "create", "--path", store.toString(), "--to", to).out().lines()
                .toList();
        assertThat(range).first().asString().contains("0 bytes of them new");
        ok("backup", "restore", "--from", to, "--to", temp.resolve("restored").toString());
        try (ServerRuntime server = serve(temp.resolve("restored"))) {
            assertThat(count(url(server), "docs")).isEqualTo(50);
        }
    }
}
