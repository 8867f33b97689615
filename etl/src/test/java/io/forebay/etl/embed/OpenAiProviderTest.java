package io.forebay.etl.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiProviderTest {
    private static final String KEY = "sk-very-secret-0123456789";
    private static final long START = Instant.parse("2026-11-22T10:00:00Z").toEpochMilli();

    /** Nobody waits: pauses are noted and time goes on by them. */
    private static final class NotedClock implements Patience.Clock {
        final List<Long> pauses = new ArrayList<>();
        long now = START;

        @Override
        public synchronized long millis() {
            return now;
        }

        @Override
        public synchronized boolean pause(long millis) {
            pauses.add(millis);
            now += millis;
            return true;
        }
    }

    private final NotedClock clock = new NotedClock();
    private final List<OpenAiProvider> open = new ArrayList<>();
    private final HttpClient client = OpenAiProvider
            .client(EmbeddingConnection.openai("cloud", URI.create("http://localhost"), "m", null));
    private OddService service;

    @BeforeEach
    void start() throws IOException {
        service = new OddService();
    }

    @AfterEach
    void stop() {
        open.forEach(OpenAiProvider::close);
        client.shutdownNow();
        service.close();
    }

    private OpenAiProvider provider() throws EmbeddingException {
        return provider(service.url(), 0, 10_000);
    }

    private OpenAiProvider provider(URI url, int dimension, long timeoutMillis) throws EmbeddingException {
        EmbeddingConnection connection = new EmbeddingConnection("cloud", EmbeddingConnection.Kind.OPENAI,
                url,
                "m", "CLOUD_KEY", dimension, 100, 4, timeoutMillis, 60_000);
        OpenAiProvider made = new OpenAiProvider(connection, "m", client,
                ServiceKey.of(connection, Map.of("CLOUD_KEY", KEY)), clock);
        open.add(made);
        return made;
    }

    private static EmbeddingException failure(EmbeddingProvider provider, List<String> texts) {
        EmbeddingException e = catchThrowableOfType(EmbeddingException.class, () -> provider.embed(texts));
        assertThat(e).isNotNull();
        for (Throwable t = e; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain(KEY);
        }
        assertThat(e.getMessage()).contains("[cloud]");
        return e;
    }

    @Test
    void manyTextsGoAHundredACallAndComeBackInOrder() throws Exception {
        List<String> texts = IntStream.range(0, 250).mapToObj(i -> "x".repeat(i)).toList();
        float[][] vectors = provider().embed(texts);
        assertThat(service.calls).extracting(call -> call.texts().size()).containsExactly(100, 100, 50);
        for (int i = 1; i < 250; i++) {
            assertThat(vectors[i]).isEqualTo(OddService.vector(texts.get(i), i < 200 ? 100 : 50));
        }
        // Services refuse an empty text and the whole call with it.
        assertThat(vectors[0][0]).isEqualTo(1);
        assertThat(service.calls.getFirst().authorization()).isEqualTo("Bearer " + KEY);
        assertThat(service.calls.getFirst().body())
                .contains("\"model\":\"m\"", "\"encoding_format\":\"float\"")
                .doesNotContain("dimensions");
    }

    @Test
    void aDimensionIsAskedForAndAnotherRefused() throws Exception {
        assertThat(provider(service.url(), 3, 10_000).embed(List.of("a"))).hasNumberOfRows(1);
        assertThat(service.calls.getFirst().body()).contains("\"dimensions\":3");
        EmbeddingException e = failure(provider(service.url(), 4, 10_000), List.of("a"));
        assertThat(e.isPassing()).isFalse();
        assertThat(e).hasMessageContaining("dimension 3").hasMessageContaining("4 was asked for");
    }

    @Test
    void aDimensionThatChangesIsRefused() throws Exception {
        OpenAiProvider provider = provider();
        provider.embed(List.of("a"));
        service.odd.add(OddService.says(200, "{\"data\":[{\"index\":0,\"embedding\":[1,2]}]}"));
        EmbeddingException e = failure(provider, List.of("a"));
        assertThat(e.isPassing()).isFalse();
        assertThat(e).hasMessageContaining("dimension 2, and 3 before");
    }

    @Test
    void base64IsUnderstood() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2);
        String text = Base64.getEncoder().encodeToString(bytes.array());
        service.odd.add(OddService.says(200, "{\"data\":[{\"embedding\":\"" + text + "\",\"index\":0}]}"));
        assertThat(provider().embed(List.of("a"))[0]).containsExactly(1.5f, -2);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) throws Exception {
        service.odd.add(OddService.says(status, "{\"error\":{\"message\":\"busy\"}}"));
        service.odd.add(OddService.says(status, ""));
        assertThat(provider().embed(List.of("a"))).hasNumberOfRows(1);
        assertThat(service.calls).hasSize(3);
        assertThat(clock.pauses).hasSize(2).allMatch(pause -> pause >= 250 && pause <= 1000);
    }

    @Test
    void pausesGrow() throws Exception {
        for (int i = 0; i < 6; i++) {
            service.odd.add(OddService.says(500, ""));
        }
        provider().embed(List.of("a"));
        for (int i = 0; i < 6; i++) {
            assertThat(clock.pauses.get(i)).isBetween(250L << i, 500L << i);
        }
    }

    @Test
    void aServiceThatSaysWhenIsNotAskedEarlier() throws Exception {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME
                .format(Instant.ofEpochMilli(START + 27_000).atOffset(ZoneOffset.UTC));
        service.odd.add(OddService.says(429, "", "Retry-After", "7"));
        service.odd.add(OddService.says(503, "", "Retry-After", date));
        service.odd.add(OddService.says(429, "", "Retry-After", "soon"));
        provider().embed(List.of("a"));
        assertThat(clock.pauses).hasSize(3).startsWith(7000L, 20_000L);
        assertThat(clock.pauses.get(2)).isBetween(1000L, 2000L);
    }

    @Test
    void whenPatienceEndsItIsAPassingFailure() throws Exception {
        for (int i = 0; i < 100; i++) {
            service.odd.add(OddService.says(503, "{\"error\":{\"message\":\"over\\nloaded " + KEY + "\"}}"));
        }
        EmbeddingException e = failure(provider(), List.of("a"));
        assertThat(e.isPassing()).isTrue();
        assertThat(e).hasMessageContaining("503: over loaded ***").hasMessageContaining("times");
        assertThat(clock.now - START).isLessThanOrEqualTo(60_000);
        assertThat(service.calls.size()).isBetween(4, 20);
    }

    @Test
    void aRetryAfterBeyondPatienceFailsAtOnce() throws Exception {
        service.odd.add(OddService.says(429, "{\"message\":\"quota\"}", "Retry-After", "3600"));
        EmbeddingException e = failure(provider(), List.of("a"));
        assertThat(e.isPassing()).isTrue();
        assertThat(e.retryAfterMillis()).isEqualTo(3_600_000);
        assertThat(clock.pauses).isEmpty();
        service.odd.add(OddService.says(429, "", "Retry-After", "61"));
        assertThat(failure(provider(), List.of("a")).retryAfterMillis()).isEqualTo(61_000);
        service.odd.add(OddService.says(429, "", "Retry-After", "999999"));
        assertThat(failure(provider(), List.of("a")).retryAfterMillis()).isEqualTo(3_600_000);
    }

    @Test
    void noPartOfAKeyIsLeftWhereTheMessageIsCut() throws Exception {
        for (int before = 300 - KEY.length(); before <= 300; before++) {
            service.odd.add(OddService.says(400, "x".repeat(before) + KEY + "y".repeat(50)));
            assertThat(failure(provider(), List.of("a"))).hasMessageContaining("xxx")
                    .hasMessageNotContaining("sk-");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 413, 422})
    void whatLiesInTheCallIsNotTriedAgain(int status) throws Exception {
        service.odd.add(OddService.says(status, "{\"error\":{\"message\":\"no " + KEY + "\",\"type\":\"x\"}}",
                "Location", "http://localhost:1/"));
        EmbeddingException e = failure(provider(), List.of("a"));
        assertThat(e.isPassing()).isFalse();
        assertThat(e).hasMessageContaining(status + ": no ***");
        assertThat(service.calls).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "1 vectors for 2 | {\"data\":[{\"index\":0,\"embedding\":[1,2]}]}",
            "index 2 for 2 | {\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":2,\"embedding\":[1,2]}]}",
            "index -1 | {\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":-1,\"embedding\":[1,2]}]}",
            "two vectors with index 0 | {\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[2]}]}",
            "index 2 | {\"data\":[{\"embedding\":[1]},{\"embedding\":[2]},{\"embedding\":[3]}]}",
            "of dimension 2 and of 1 | {\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1]}]}",
            "dimension 0 | {\"data\":[{\"index\":0,\"embedding\":[]},{\"index\":1,\"embedding\":[]}]}",
            "NaN | {\"data\":[{\"index\":0,\"embedding\":[NaN,2]},{\"index\":1,\"embedding\":[1,2]}]}",
            "Infinity | {\"data\":[{\"index\":0,\"embedding\":[1e99,2]},{\"index\":1,\"embedding\":[1,2]}]}",
            "null in it | {\"data\":[{\"index\":0,\"embedding\":[null,2]},{\"index\":1,\"embedding\":[1,2]}]}",
            "no \"embedding\" | {\"data\":[{\"index\":0},{\"index\":1}]}",
            "no \"data\" | {\"object\":\"list\"}", "not a list | {\"data\":{}}",
            "not an object | {\"data\":[1,2]}",
            "neither a list nor base64 | {\"data\":[{\"embedding\":7}]}",
            "float32 | {\"data\":[{\"embedding\":\"AAAA\"}]}",
            "makes no sense | <html>proxy</html>", "not a JSON object | [1]",
            "makes no sense | {\"data\":[{\"index\":0,\"embedding\":[1,"})
    void anAnswerThatMakesNoSenseIsSaidToBeSo(String what, String body) throws Exception {
        for (int i = 0; i < 3; i++) {
            service.odd.add(OddService.says(200, body));
        }
        EmbeddingException e = failure(provider(), List.of("a", "b"));
        assertThat(e.isPassing()).isFalse();
        assertThat(e).hasMessageContaining(what).hasMessageContaining("3 times");
    }

    @Test
    void oneAnswerThatMakesNoSenseIsForgiven() throws Exception {
        service.odd.add(OddService.says(200, "<html>proxy</html>"));
        assertThat(provider().embed(List.of("a"))).hasNumberOfRows(1);
    }

    @Test
    void anAnswerOfAnySizeIsNotTaken() throws Exception {
        for (int i = 0; i < 3; i++) {
            service.odd.add((exchange, call) -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] spaces = " ".repeat(1 << 20).getBytes();
                for (int n = 0; n < 80; n++) {
                    exchange.getResponseBody().write(spaces);
                }
            });
        }
        EmbeddingException e = failure(provider(), List.of("a"));
        assertThat(e.isPassing()).isFalse();
        assertThat(e).hasMessageContaining("larger than 64 MiB");
    }

    @Test
    void aConnectionThatBreaksIsTriedAgain() throws Exception {
        service.odd.add(OddService::cut);
        service.odd.add((exchange, call) -> exchange.close());
        service.odd.add(OddService::cut);
        assertThat(provider().embed(List.of("a"))).hasNumberOfRows(1);
        assertThat(clock.pauses).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void aSlowServiceIsGivenUpAndAskedAgain() throws Exception {
        service.odd.add(service.never());
        service.odd.add(service.half());
        assertThat(provider(service.url(), 0, 500).embed(List.of("a"))).hasNumberOfRows(1);
        // More on a machine that is itself slower than that.
        assertThat(service.calls).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void aServiceThatIsDownForAMinuteAndThenUpIsFound() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        EmbeddingException e = failure(provider(URI.create("http://localhost:" + port + "/v1"), 0, 1000),
                List.of("a"));
        assertThat(e.isPassing()).isTrue();
        assertThat(e.retryAfterMillis()).isZero();
        assertThat(e).hasMessageContaining("cannot be reached");
        assertThat(clock.now - START).isBetween(20_000L, 60_000L);
        assertThat(provider().embed(List.of("a"))).hasNumberOfRows(1);
    }

    @Test
    void severalCallsAreAtTheServiceAtOnce() throws Exception {
        CountDownLatch four = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            service.odd.add((exchange, call) -> {
                four.countDown();
                try {
                    four.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                OddService.good(exchange, call);
            });
        }
        OpenAiProvider provider = provider();
        assertThat(provider.callsAtOnce()).isEqualTo(4);
        try (ExecutorService many = Executors.newFixedThreadPool(4)) {
            List<Future<float[][]>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(many.submit(() -> provider.embed(List.of("a"))));
            }
            for (Future<float[][]> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).hasNumberOfRows(1);
            }
        }
    }

    @Test
    void closingEndsACallThatWaitsToBeTriedAgain() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        for (int i = 0; i < 100; i++) {
            service.odd.add((exchange, call) -> {
                asked.countDown();
                OddService.says(429, "", "Retry-After", "50").to(exchange, call);
            });
        }
        EmbeddingConnection connection = EmbeddingConnection.openai("cloud", service.url(), "m", null);
        OpenAiProvider provider = OpenAiProvider.open(connection, "m", client, Map.of());
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            Future<EmbeddingException> failure = one.submit(() -> failure(provider, List.of("a")));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            provider.close();
            assertThat(failure.get(120, TimeUnit.SECONDS).isPassing()).isTrue();
        }
        assertThat(service.calls.getFirst().authorization()).isNull();
    }
}
