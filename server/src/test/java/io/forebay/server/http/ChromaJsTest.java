package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** npm's {@code chromadb} against a started server; what is asked of it is in {@code src/test/js/chromadb}. */
class ChromaJsTest {
    @TempDir
    static Path installed;

    @TempDir
    Path directory;

    private static NpmProject client;

    @BeforeAll
    static void install() throws Exception {
        client = NpmProject.install("chromadb", installed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWholeSurfaceOfTheClientWorks(boolean batchIngest) throws Exception {
        try (TestServer server = TestServer.start(directory, TestServer.options().withAllowReset(true),
                TestServer.engineOptions().withBatchIngest(batchIngest))) {
            Map<String, String> environment = Map.of("FOREBAY_URL", server.uri("").toString());
            check(client.test("search.test.mjs", environment), 18);
            check(client.test("client.test.mjs", environment), 48); // which empties the server in the end
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void aServerThatAsksForTokensIsUnderstood() throws Exception {
        Tokens tokens = new Tokens(directory);
        Map<String, String> environment = Map.of("FOREBAY_ADMIN", tokens.make("admin", Role.ADMIN),
                "FOREBAY_WRITER", tokens.make("writer", Role.WRITE, "default_tenant", "default_database"),
                "FOREBAY_READER", tokens.make("reader", Role.READ, "default_tenant", "default_database"));
        try (TokenStore store = TokenStore.open(tokens.file);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(),
                        TestServer.engineOptions(), store)) {
            Map<String, String> all = new HashMap<>(environment);
            all.put("FOREBAY_URL", server.uri("").toString());
            check(client.test("tokens.test.mjs", all), 3);
        }
    }

    @Test
    void aRefusalForALimitIsACleanErrorAndTheWriteSucceedsLater() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            check(client.test("pressure.test.mjs", Map.of("FOREBAY_URL", server.uri("").toString())), 1);
        }
    }

    /** All passed, and there were as many as there should be. */
    private static void check(NpmProject.Outcome outcome, int testsMin) {
        assertThat(outcome.code()).as(outcome.output()).isZero();
        String passed = outcome.output().replaceFirst("(?s).*\nℹ pass (\\d+).*", "$1");
        assertThat(Integer.parseInt(passed.strip())).as(outcome.output()).isGreaterThanOrEqualTo(testsMin);
    }
}
