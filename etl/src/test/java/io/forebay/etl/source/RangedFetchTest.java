package io.forebay.etl.source;

import static io.forebay.etl.source.FileServer.cut;
import static io.forebay.etl.source.FileServer.redirect;
import static io.forebay.etl.source.FileServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.etl.source.Fetching.Pauses;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server that cuts, changes, refuses and leads astray. */
class RangedFetchTest {
    @TempDir
    private Path folder;
    private final Random random = new Random(Fetching.seed());
    private final Pauses pauses = new Pauses();
    private FileServer server;
    private Path target;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer(Fetching.bytes(random, 300_000));
        target = folder.resolve("spool");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void fetch() throws IOException, InterruptedException {
        fetch(Fetching.options(List.of("localhost")), "/data.jsonl", pauses);
    }

    private void fetch(SourceOptions options, String path, Retries.Pause pause)
            throws IOException, InterruptedException {
        try (Sources sources = Fetching.sources(options, pause)) {
            sources.remote(server.url("localhost", path)).fetch(target, Fetching.SILENT);
        }
    }

    private void assertWhole() {
        assertThat(target).hasBinaryContent(server.content);
    }

    @Test
    void aFileArrivesAndProgressIsTold() throws Exception {
        List<Long> told = new ArrayList<>();
        try (Sources sources = Fetching.sources(Fetching.options(List.of("localhost")), pauses)) {
            sources.remote(server.url("localhost", "/data.jsonl")).fetch(target, (bytes, total) -> {
                told.add(bytes);
                assertThat(total).isEqualTo(server.content.length);
            });
        }
        assertWhole();
        assertThat(told).isSorted().startsWith(0L).endsWith((long) server.content.length);
    }

    @Test
    void whatIsWholeIsNotAskedForAgain() throws Exception {
        fetch();
        fetch();
        assertThat(server.requests).hasSize(1);
        assertWhole();
    }

    @Test
    void aCutConnectionIsTakenUpAtItsByte() throws Exception {
        for (int i = 0; i < 20; i++) {
            server.steps.add(cut(1 + random.nextInt(12_000)));
        }
        fetch();
        assertWhole();
        assertThat(server.requests).hasSize(21).last().asString().contains("bytes=");
        assertThat(pauses.millis).hasSize(20);
    }

    @Test
    void aLaterLifeGoesOnWhereTheLastByteWasSynced() throws Exception {
        server.steps.add(cut(100_000));
        assertThatThrownBy(() -> fetch(Fetching.options(List.of("localhost")), "/data.jsonl", millis -> {
            throw new InterruptedException();
        })).isInstanceOf(InterruptedException.class);
        Files.write(target, new byte[777], StandardOpenOption.APPEND);
        fetch();
        assertWhole();
        assertThat(server.requests.get(1)).endsWith("bytes=100000-");
    }

    @Test
    void aLifeThatEndedBehindTheLastByteAsksForNothing() throws Exception {
        fetch();
        FetchState done = FetchState.resume(target, server.url("localhost", "/data.jsonl"));
        new FetchState(done.source(), done.validator(), null, null, 0, done.bytes(), done.total(), false)
                .write(target);
        fetch();
        assertThat(server.requests).hasSize(1);
        assertWhole();
    }

    @Test
    void aStateThatIsDamagedOrOfAnotherSourceCountsForNothing() throws Exception {
        server.steps.add(cut(100_000));
        assertThatThrownBy(() -> fetch(Fetching.options(List.of("localhost")), "/data.jsonl", millis -> {
            throw new InterruptedException();
        })).isInstanceOf(InterruptedException.class);
        Path state = FetchState.file(target);
        if (random.nextBoolean()) {
            Files.writeString(state, Files.readString(state).replace("bytes 100000", "bytes 100001"));
            fetch();
        } else {
            fetch(Fetching.options(List.of("localhost")), "/data.jsonl?v=2", pauses);
        }
        assertThat(server.requests.get(1)).doesNotContain("bytes=");
        assertWhole();
    }

    @Test
    void aFileThatChangedBeginsAnew() throws Exception {
        server.steps.add(cut(100_000));
        server.steps.add((s, exchange) -> {
            s.content = Fetching.bytes(random, 200_000);
            s.etag = "\"2\"";
            FileServer.whole(s, exchange);
        });
        fetch();
        assertThat(server.requests.get(1)).endsWith("bytes=100000-");
        assertWhole();
    }

    @Test
    void aPartOfAnotherFileIsNotTaken() throws Exception {
        server.steps.add(cut(100_000));
        server.steps.add((s, exchange) -> {
            s.content = Fetching.bytes(random, 200_000);
            s.etag = "\"2\"";
            // As a server does that knows no If-Range.
            exchange.getResponseHeaders().set("ETag", s.etag);
            exchange.getResponseHeaders().set("Content-Range", "bytes 100000-199999/200000");
            exchange.sendResponseHeaders(206, 100_000);
            exchange.getResponseBody().write(s.content, 100_000, 100_000);
            exchange.close();
        });
        fetch();
        assertThat(server.requests).hasSize(3);
        assertWhole();
    }

    @Test
    void aServerWithoutRangesOrWithoutNamesForVersionsGivesTheWholeAgain() throws Exception {
        server.ranges = false;
        server.steps.add(cut(100_000));
        fetch();
        assertWhole();
        Files.delete(target);
        server.ranges = true;
        server.etag = null;
        server.steps.add(cut(100_000));
        fetch();
        assertThat(server.requests.subList(2, 4)).noneMatch(r -> r.contains("bytes="));
        assertWhole();
    }

    @Test
    void aBodyOfUnknownLengthThatIsCutIsNoticed() throws Exception {
        server.chunked = true;
        server.steps.add(cut(100_000));
        fetch();
        assertThat(server.requests).hasSize(2);
        assertWhole();
    }

    @Test
    void aServerThatAsksToWaitIsWaitedFor() throws Exception {
        server.steps.add(status(429, "Retry-After", "7"));
        server.steps.add(status(503, "Retry-After", "99999"));
        server.steps.add(status(500));
        fetch();
        assertWhole();
        assertThat(pauses.millis).hasSize(3).startsWith(7_000L, 300_000L);
        assertThat(pauses.millis.get(2)).isBetween(1_500L, 2_000L);
    }

    @Test
    void aServerThatAsksNotToWaitIsStillSpared() throws Exception {
        server.steps.add(status(503, "Retry-After", "0"));
        server.steps.add(status(503, "Retry-After", "0"));
        fetch();
        assertWhole();
        assertThat(pauses.millis).hasSize(2).allMatch(pause -> pause >= 375);
    }

    /** Its parts do not say how long the whole is. */
    private static FileServer.Step partOfUnknown(int bytes) {
        return (server, exchange) -> {
            int from = Integer.parseInt(
                    exchange.getRequestHeaders().getFirst("Range").replaceAll("[^0-9]", ""));
            exchange.getResponseHeaders().set("ETag", server.etag);
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (from + bytes - 1) + "/*");
            exchange.sendResponseHeaders(206, bytes);
            exchange.getResponseBody().write(server.content, from, bytes);
            exchange.close();
        };
    }

    @Test
    void aPartThatDoesNotSayTheLengthOfTheWholeIsNotTakenForItsEnd() throws Exception {
        server.steps.add(cut(100_000));
        server.steps.add(partOfUnknown(10_000));
        fetch();
        assertWhole();
        assertThat(server.requests.get(1)).endsWith("bytes=100000-");
        assertThat(server.requests.get(2)).endsWith("bytes=110000-");
    }

    @Test
    void whereTheLengthOfTheWholeWasNeverSaidTheWholeIsAskedFor() throws Exception {
        server.chunked = true;
        server.steps.add(cut(100_000));
        server.steps.add(partOfUnknown(10_000));
        fetch();
        assertWhole();
        assertThat(server.requests).hasSize(3);
        assertThat(server.requests.get(1)).contains("bytes=");
        assertThat(server.requests.get(2)).doesNotContain("bytes=");
    }

    @Test
    void defaultPortsAreTheSameOrigin() {
        assertThat(same("https://a.test/x", "https://A.test:443/y")).isTrue();
        assertThat(same("http://a.test:80/", "http://a.test")).isTrue();
        assertThat(same("https://a.test", "http://a.test")).isFalse();
        assertThat(same("https://a.test", "https://a.test:80")).isFalse();
        assertThat(same("https://a.test", "https://b.test")).isFalse();
    }

    private static boolean same(String a, String b) {
        return WebClient.sameOrigin(URI.create(a), URI.create(b));
    }

    @Test
    void aNameOfAnotherKindIsRefusedBeforeAnythingIsAsked() {
        try (Sources sources = Fetching.sources(Fetching.options(List.of("localhost")), pauses)) {
            for (String path : List.of("/report.pdf", "/a/b.tab", "/data.csv.zstd")) {
                assertThatThrownBy(() -> sources.remote(server.url("localhost", path)))
                        .isInstanceOf(ForebayException.class)
                        .hasMessageContaining(path.substring(path.lastIndexOf('/') + 1))
                        .extracting(e -> ((ForebayException) e).code())
                        .isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
            }
            for (String path : List.of("/export.php?table=bugs", "/export/v1.2", "/export", "/a.JSONL.gz")) {
                sources.remote(server.url("localhost", path));
            }
        }
        assertThat(server.requests).isEmpty();
    }

    @Test
    void aServerThatStaysOutOfOrderIsGivenUp() {
        for (int i = 0; i < Retries.TRIES_MAX; i++) {
            server.steps.add(status(502));
        }
        assertThatThrownBy(this::fetch).isInstanceOf(FetchException.class).hasMessageContaining("502")
                .hasMessageContaining("tried " + Retries.TRIES_MAX + " times");
        assertThat(pauses.millis.stream().mapToLong(Long::longValue).sum()).isGreaterThan(60_000);
    }

    @Test
    void whatIsNotThereIsNotTriedAgain() {
        server.steps.add(status(404));
        assertThatThrownBy(this::fetch).isInstanceOf(FetchException.class).hasMessageContaining("404")
                .hasMessageContaining("/data.jsonl");
        assertThat(pauses.millis).isEmpty();
    }

    @Test
    void theSizeLimitIsKeptByWhatIsSaidAndByWhatComes() throws Exception {
        SourceOptions small = new SourceOptions(List.of("localhost"), true, null, Map.of(), 299_999);
        assertThatThrownBy(() -> fetch(small, "/data.jsonl", pauses)).isInstanceOf(FetchException.class)
                .hasMessageContaining("imports.max_upload_bytes").hasMessageContaining("299999");
        assertThat(target).isEmptyFile();
        server.chunked = true;
        assertThatThrownBy(() -> fetch(small, "/data.jsonl", pauses)).isInstanceOf(FetchException.class)
                .hasMessageContaining("imports.max_upload_bytes");
        assertThat(Files.size(target)).isLessThan(300_000);
    }

    @Test
    void redirectsAreFollowedAsFarAsTheyAreAllowed() throws Exception {
        server.at("/a", (s, exchange) -> redirect("/b").answer(s, exchange));
        server.at("/b", (s, exchange) -> redirect(s.url("localhost", "/data.jsonl")).answer(s, exchange));
        fetch(Fetching.options(List.of("localhost")), "/a", pauses);
        assertWhole();
        for (String elsewhere : List.of(server.url("127.0.0.1", "/data.jsonl"), "//other.test/",
                "file:///etc/passwd",
                server.url("me@localhost", "/data.jsonl"), "ftp://localhost/x")) {
            server.steps.add(redirect(elsewhere));
            int before = server.requests.size();
            Files.deleteIfExists(FetchState.file(target));
            assertThatThrownBy(this::fetch).as(elsewhere).isInstanceOf(FetchException.class);
            assertThat(server.requests).hasSize(before + 1);
        }
    }

    @Test
    void redirectsInACircleEnd() {
        server.at("/a", (s, exchange) -> redirect("/a").answer(s, exchange));
        assertThatThrownBy(() -> fetch(Fetching.options(List.of("localhost")), "/a", pauses))
                .isInstanceOf(FetchException.class).hasMessageContaining("redirects more than 5 times");
        assertThat(server.requests).hasSize(6);
    }

    @Test
    void anAllowedNameOfAnAddressInsideIsNotConnectedTo() throws Exception {
        SourceOptions options = new SourceOptions(List.of("files.test"), false, null, Map.of(), 1 << 30);
        try (Sources sources = Fetching.sources(options, pauses)) {
            Fetch fetch = sources.remote(server.url("files.test", "/data.jsonl"));
            assertThatThrownBy(() -> fetch.fetch(target, Fetching.SILENT)).isInstanceOf(FetchException.class)
                    .hasMessageContaining("127.0.0.1").hasMessageContaining("not a public address");
        }
        assertThat(server.requests).isEmpty();
        assertThat(pauses.millis).isEmpty();
    }

    @Test
    void theAddressThatWasJudgedIsTheOneThatIsConnectedTo() throws Exception {
        List<String> asked = new ArrayList<>();
        SourceOptions options = Fetching.options(List.of("files.test"));
        // A name that changes its meaning after the first look-up.
        try (Sources sources = new Sources(options, Map.of(), host -> {
            asked.add(host);
            return new InetAddress[]{InetAddress.getByAddress(host,
                    asked.size() == 1 ? new byte[]{127, 0, 0, 1} : new byte[]{(byte) 192, 0, 2, 1})};
        }, pauses)) {
            sources.remote(server.url("files.test", "/data.jsonl")).fetch(target, Fetching.SILENT);
        }
        assertThat(asked).containsExactly("files.test");
        assertThat(server.hosts).containsExactly("files.test:" + server.port());
        assertWhole();
    }

    @Test
    void anInterruptEndsItWhileNothingComes() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        server.steps.add((s, exchange) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                fetch();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        await().until(() -> Files.exists(target) && Files.size(target) == 1);
        thread.interrupt();
        thread.join();
        end.countDown();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void whatIsPackedStaysPacked() throws Exception {
        server.headers = Map.of("Content-Encoding", "gzip");
        fetch();
        assertWhole();
    }

    @Test
    void theNameComesFromThePathOrElseFromTheServer() {
        try (Sources sources = Fetching.sources(Fetching.options(List.of("localhost")), pauses)) {
            assertThat(sources.remote(server.url("localhost", "/a/b%20c.CSV.gz?x=/y.json")).fileName())
                    .isEqualTo("b c.CSV.gz");
            assertThat(server.requests).isEmpty();
            server.headers = Map.of("Content-Disposition", "attachment; filename=\"../x/export.tsv\"");
            Fetch export = sources.remote(server.url("localhost", "/export?id=7"));
            assertThat(export.fileName()).isEqualTo("export.tsv");
            assertThat(export.fileName()).isEqualTo("export.tsv");
            assertThat(server.requests).containsExactly("HEAD /export?id=7");
            server.headers = Map.of("Content-Type", "application/x-ndjson; charset=utf-8");
            assertThat(sources.remote(server.url("localhost", "/export")).fileName())
                    .isEqualTo("export.jsonl");
            server.headers = Map.of("Content-Disposition", "attachment; filename*=UTF-8''a%C3%A4+b.json");
            assertThat(sources.remote(server.url("localhost", "/export")).fileName()).isEqualTo("aä+b.json");
            server.steps.add(status(405));
            assertThat(sources.remote(server.url("localhost", "/export")).fileName()).isEqualTo("export");
        }
    }
}
