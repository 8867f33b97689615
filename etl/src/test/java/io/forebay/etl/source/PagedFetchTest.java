package io.forebay.etl.source;

import static io.forebay.etl.source.PagedServer.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.source.Fetching.Pauses;
import io.forebay.etl.source.SourceOptions.PagedApi;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a local server that pages as Launchpad does, and misbehaves. */
class PagedFetchTest {
    private static final int ITEMS = 500;
    private static final Map<String, String> PROJECT = Map.of("project", "forebay");

    @TempDir
    private Path folder;
    private final Pauses pauses = new Pauses();
    private PagedServer server;
    private Path target;

    @BeforeEach
    void start() throws IOException {
        server = new PagedServer(ITEMS);
        target = folder.resolve("spool");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** The ready settings, with the local server in Launchpad's place. */
    private SourceOptions options(List<String> hosts) {
        Map<String, PagedApi> apis = new HashMap<>();
        LaunchpadApis.all().forEach((name, api) -> apis.put(name,
                new PagedApi(api.url().replace("https://api.launchpad.net", server.base("api.test")),
                        api.itemsField(), api.nextField(), api.requestsPerSecond(), Map.of())));
        apis.put("mine", new PagedApi(server.base("api.test") + "/devel/{project}?ws.size=200", "entries",
                "next_collection_link", 0, Map.of("Authorization", "Bearer ${TOKEN}")));
        apis.put("nested",
                new PagedApi(server.base("api.test") + "/devel/x", "result.list", "result.page.next",
                        0, Map.of()));
        apis.put("bare", new PagedApi(server.base("api.test") + "/devel/x", "", "next", 0, Map.of()));
        return new SourceOptions(hosts, true, null, apis, 1 << 20);
    }

    private Sources sources() {
        return Fetching.sources(options(List.of("api.test")), pauses);
    }

    private void fetch(String api, Map<String, String> parameters) throws IOException, InterruptedException {
        try (Sources sources = sources()) {
            sources.paged(api, parameters).fetch(target, Fetching.SILENT);
        }
    }

    private void assertWhole() {
        assertThat(target).content()
                .isEqualTo(String.join("\n", IntStream.range(0, ITEMS).mapToObj(PagedServer::item).toList())
                        + "\n");
    }

    @Test
    void allItemsBecomeLinesAsTheyAre() throws Exception {
        for (String api : LaunchpadApis.all().keySet()) {
            Files.deleteIfExists(target);
            Files.deleteIfExists(FetchState.file(target));
            server.requests.clear();
            fetch(api, PROJECT);
            assertWhole();
            assertThat(server.requests).hasSize(7).allMatch(r -> r.startsWith("/devel/forebay?"));
            assertThat(server.requests.getFirst()).contains("ws.size=75").containsPattern(
                    "ws.op=(searchTasks|searchQuestions|getMergeProposals)");
        }
        assertThat(sources().paged("launchpad_bugs", PROJECT).fileName()).isEqualTo("launchpad_bugs.jsonl");
    }

    @Test
    void whatIsWholeIsNotAskedForAgain() throws Exception {
        fetch("launchpad_bugs", PROJECT);
        fetch("launchpad_bugs", PROJECT);
        assertThat(server.requests).hasSize(7);
        assertWhole();
    }

    @Test
    void theRateIsKept() throws Exception {
        fetch("launchpad_bugs", PROJECT);
        // Two a second: six pauses between seven requests, each of what is left of half a second.
        assertThat(pauses.millis).hasSize(6).allMatch(millis -> millis > 0 && millis <= 500);
    }

    /** Every life ends somewhere: in a page, behind it, before or after it is noted; the disk keeps what it likes. */
    @Test
    void whereverItIsInterruptedNoItemComesTwiceAndNoneIsLost() throws Exception {
        Random random = new Random(Fetching.seed());
        for (int round = 0; round < 20; round++) {
            Files.deleteIfExists(target);
            Files.deleteIfExists(FetchState.file(target));
            int lives = 0;
            while (!oneLife(random)) {
                assertThat(++lives).isLessThan(500);
                if (random.nextBoolean() && Files.exists(target)) {
                    Files.write(target, Fetching.bytes(random, random.nextInt(2000)),
                            StandardOpenOption.APPEND);
                }
                if (random.nextInt(4) == 0) {
                    Files.writeString(folder.resolve("spool.state.new"), "half a sta");
                }
            }
            assertWhole();
        }
    }

    /** True when it came to its end. */
    private boolean oneLife(Random random) throws IOException {
        server.steps.clear();
        for (int i = random.nextInt(4); i > 0; i--) {
            server.steps.add((exchange, page) -> false);
        }
        switch (random.nextInt(3)) {
            case 0 -> server.steps.add(PagedServer.cut(random.nextInt(6000)));
            case 1 -> server.steps.add(PagedServer.status(503));
            default -> {
            }
        }
        int told = random.nextInt(8);
        int[] left = {told};
        try (Sources sources = Fetching.sources(options(List.of("api.test")), millis -> {
            if (random.nextInt(3) == 0) {
                throw new InterruptedException();
            }
        })) {
            sources.paged("launchpad_bugs", PROJECT).fetch(target, (bytes, total) -> {
                if (left[0]-- == 0) {
                    throw new IllegalStateException("killed");
                }
            });
            return true;
        } catch (InterruptedException | IllegalStateException e) {
            return false;
        }
    }

    @Test
    void aCutPageIsAskedForAgain() throws Exception {
        server.steps.add((exchange, page) -> false);
        server.steps.add(PagedServer.cut(3000));
        server.steps.add(PagedServer.status(500));
        fetch("launchpad_bugs", PROJECT);
        assertWhole();
        assertThat(server.requests).hasSize(9);
        assertThat(server.requests.get(1)).isEqualTo(server.requests.get(2))
                .isEqualTo(server.requests.get(3));
    }

    @Test
    void secretsComeFromTheEnvironmentAndStayWithTheirHost() throws Exception {
        server.linkBase = server.base("other.test");
        try (Sources sources = Fetching.sources(options(List.of("*.test")), pauses)) {
            sources.paged("mine", PROJECT).fetch(target, Fetching.SILENT);
        }
        assertWhole();
        assertThat(server.authorizations).containsExactly("Bearer secret-7", "null", "null");
        try (Sources sources = new Sources(options(List.of("*.test")), Map.of())) {
            assertThatThrownBy(() -> sources.paged("mine", PROJECT)).hasMessageContaining("TOKEN");
        }
    }

    @Test
    void aLinkToAHostThatIsNotAllowedIsNotFollowed() {
        server.linkBase = server.base("other.test");
        assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).isInstanceOf(FetchException.class)
                .hasMessageContaining("imports.allowed_hosts").hasMessageContaining("other.test");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void aPageThatLeadsBackIsAnError() {
        server.steps.add((exchange, page) -> body("{\"entries\":[],\"next_collection_link\":\""
                + exchange.getRequestURI() + "\"}").answer(exchange, page));
        assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).isInstanceOf(FetchException.class)
                .hasMessageContaining("leads back").hasMessageContaining("Page 1 of launchpad_bugs");
    }

    @Test
    void pagesThatLeadInACircleAreAnError() {
        for (int i = 0; i < 100; i++) {
            int next = i % 5;
            server.steps.add(body("{\"entries\":[1],\"next_collection_link\":\"?at=" + next + "\"}"));
        }
        assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).isInstanceOf(FetchException.class)
                .hasMessageContaining("leads back");
        assertThat(server.requests.size()).isBetween(6, 20);
    }

    @Test
    void fieldsCanLieDeeperAndThePageItselfCanBeTheItems() throws Exception {
        server.steps.add(body("{\"list\":[0],\"result\":{\"page\":{\"next\":\"x?p=2\"},\"a\":{\"list\":[0]},"
                + "\"list\":[{\"a\":1e400},[2],\"3\"]}}"));
        server.steps.add(body("{\"result\":{\"list\":[],\"page\":{\"next\":null}}}"));
        fetch("nested", Map.of());
        assertThat(target).content().isEqualToIgnoringCase("{\"a\":1E+400}\n[2]\n\"3\"\n");
        assertThat(server.requests).containsExactly("/devel/x", "/devel/x?p=2");
        Files.delete(target);
        Files.delete(FetchState.file(target));
        server.steps.add(body("[{\"id\":1},{\"id\":2}]"));
        fetch("bare", Map.of());
        assertThat(target).content().isEqualTo("{\"id\":1}\n{\"id\":2}\n");
    }

    @Test
    void whatIsNoPageIsSaidToBeNone() {
        for (String page : List.of("{\"start\":0}", "<html>", "{\"entries\":{}}", "[]", "{\"entries\":[]}x",
                "{\"entries\":[1],\"entries\":[2]}")) {
            server.steps.add(body(page));
            assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).as(page)
                    .isInstanceOf(FetchException.class).hasMessageContaining("Page 1 of launchpad_bugs");
        }
        server.steps.add(PagedServer.status(401));
        assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).hasMessageContaining("401");
    }

    @Test
    void theSizeLimitHoldsForAllPages() {
        SourceOptions options = options(List.of("api.test"));
        try (Sources sources = Fetching.sources(new SourceOptions(options.hostsAllowed(), true, null,
                options.apis(), 10_000), pauses)) {
            assertThatThrownBy(() -> sources.paged("launchpad_bugs", PROJECT).fetch(target, Fetching.SILENT))
                    .isInstanceOf(FetchException.class).hasMessageContaining("imports.max_upload_bytes");
        }
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void whatIsNotKnownIsRefusedWithWhatIs() {
        try (Sources sources = sources()) {
            assertThatThrownBy(() -> sources.paged("launchpad", PROJECT)).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("launchpad_bugs, launchpad_merge_proposals, launchpad_questions");
            assertThatThrownBy(() -> sources.paged("launchpad_bugs", Map.of("projekt", "x")))
                    .hasMessageContaining("[project]").hasMessageContaining("[projekt]");
            assertThatThrownBy(() -> sources.paged("launchpad_bugs", Map.of("project", "..")))
                    .isInstanceOf(ForebayException.class);
        }
        try (Sources none = new Sources(options(List.of()), Map.of())) {
            assertThatThrownBy(() -> none.paged("launchpad_bugs", PROJECT))
                    .isInstanceOf(ForebayException.class)
                    .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        }
    }

    @Test
    void aParameterStaysInItsPlace() throws Exception {
        server.steps.add(body("{\"entries\":[]}"));
        fetch("mine", Map.of("project", "a/../b?c=d&e #ä"));
        assertThat(server.requests.getFirst())
                .isEqualTo("/devel/a%2F..%2Fb%3Fc%3Dd%26e%20%23%C3%A4?ws.size=200");
    }

    @Test
    void aLinkThatIsNoAddressIsNotRepeated() {
        server.steps.add(body("{\"entries\":[1],\"next_collection_link\":\"http://x y/?token=secret-8\"}"));
        assertThatThrownBy(() -> fetch("launchpad_bugs", PROJECT)).isInstanceOf(FetchException.class)
                .hasMessageContaining("the link to the next page is no address")
                .hasMessageNotContaining("secret-8").hasMessageNotContaining("token");
    }
}
