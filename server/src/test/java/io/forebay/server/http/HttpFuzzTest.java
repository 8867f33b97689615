package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.engine.ForebayOptions;
import io.forebay.server.http.Wire.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Requests made after the API's document with odd values, paths, headers and chunks, sent whole, in pieces, pipelined, cut
 * off half closed or by a reset. Whatever comes: an answer that a client can act on, never a 500, nothing that leaks or
 * hangs, and the next client is served.
 */
@Tag("fuzz")
class HttpFuzzTest {
    private static final int CLIENTS = 3;
    private static final Set<Integer> STATUSES = Set.of(200, 201, 303, 304, 307, 400, 401, 403, 404, 405, 408,
            409, 410, 413, 414, 415, 417, 421, 422, 429, 431, 501, 503, 504, 505);

    @TempDir
    Path directory;

    private final long seed = Long.getLong("forebay.seed", System.nanoTime());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicLong answers = new AtomicLong();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicLong fine = new AtomicLong();
    private TestServer server;
    private ApiDocument document;
    private List<String> collections;

    @BeforeEach
    void start() {
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        ForebayOptions engine = TestServer.engineOptions().withReadTimeoutMillis(200);
        server = TestServer.start(directory, TestServer.options().withPatience(1_500, 10_000, 2_000), engine);
        document = new ApiDocument(server.get("/openapi.json").body());
        collections = new ArrayList<>();
        for (String name : List.of("fuzz-one", "fuzz-two")) {
            String path = server.collection(name);
            String id = path.substring(path.lastIndexOf('/') + 1);
            collections.addAll(List.of(id, id, id, name));
        }
        collections.addAll(List.of("11111111-2222-4333-8444-555555555555", "none", "x"));
        log.start();
        serverLog().addAppender(log);
    }

    private static Logger serverLog() {
        return (Logger) LoggerFactory.getLogger("io.forebay");
    }

    @AfterEach
    void stop() {
        serverLog().detachAppender(log);
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void whateverComesTheServerAnswersAndGoesOn() throws Exception {
        fuzz(Duration.ofSeconds(12));
        assertThat(answers.get()).as("seed " + seed).isGreaterThan(200);
        assertThat(fine.get()).as("seed " + seed).isBetween(answers.get() / 50, answers.get() * 9 / 10);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void whateverComesForTenMinutesTheServerAnswersAndGoesOn() throws Exception {
        fuzz(Duration.ofSeconds(Long.getLong("forebay.fuzz.seconds", 600)));
    }

    private void fuzz(Duration duration) throws Exception {
        long deadline = System.nanoTime() + duration.toNanos();
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(seed + client);
                clients.add(threads.submit(() -> {
                    while (System.nanoTime() < deadline && faults.size() < 10) {
                        try {
                            round(random);
                        } catch (AssertionError | RuntimeException fault) {
                            faults.add(fault.getMessage() + " " + fault.getCause());
                        }
                    }
                    return null;
                }));
            }
        }
        for (Future<?> client : clients) {
            client.get();
        }
        System.err.println(answers + " requests answered, " + fine + " of them with success");
        assertThat(faults).isEmpty();
        checkServer();
    }

    private void checkServer() throws IOException {
        for (int i = 0; i < 8; i++) {
            // On each of the threads for sockets.
            try (Wire wire = new Wire(server)) {
                assertThat(wire.get("/healthz").answer().body()).contains("green");
            }
        }
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(server.get("/metrics").body())
                .contains("\nforebay_http_bodies_in_flight_bytes 0")
                .contains("\nforebay_http_connections 1"));
        assertThat(server.get("/api/forebay/lag").body()).doesNotContain("\"parked_entries\":1");
        assertThat(log.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage() + " "
                        + (event.getThrowableProxy() == null ? "" : event.getThrowableProxy().getMessage())))
                .as("seed " + seed).isEmpty();
    }

    private void round(Random random) throws IOException {
        List<FuzzRequest> requests = new ArrayList<>();
        int count = random.nextInt(6) == 0 ? 2 + random.nextInt(4) : 1;
        for (int i = 0; i < count; i++) {
            requests.add(FuzzRequest.of(document, collections, random));
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        requests.forEach(request -> all.writeBytes(request.bytes()));
        byte[] bytes = all.toByteArray();
        int manner = random.nextInt(12);
        String told = "seed " + seed + ", manner " + manner + ":\n"
                + new String(bytes, StandardCharsets.UTF_8);
        try (Wire wire = new Wire(server)) {
            switch (manner) {
                case 0 -> cut(wire, bytes, random, told);
                case 1 -> reset(wire, bytes, random);
                case 2, 3 -> {
                    inPieces(wire, bytes, random);
                    readAll(wire, requests, told);
                }
                default -> {
                    write(wire, bytes, 0, bytes.length);
                    readAll(wire, requests, told);
                }
            }
        }
    }

    /** A connection that the server has closed for good reason takes no more. */
    private static boolean write(Wire wire, byte[] bytes, int from, int to) throws IOException {
        try {
            OutputStream out = wire.socket.getOutputStream();
            out.write(bytes, from, to - from);
            out.flush();
            return true;
        } catch (SocketException closed) {
            return false;
        }
    }

    private static void inPieces(Wire wire, byte[] bytes, Random random) throws IOException {
        int step = 1 + random.nextInt(Math.max(1, bytes.length / 10));
        for (int at = 0; at < bytes.length; at += step) {
            if (!write(wire, bytes, at, Math.min(bytes.length, at + step))) {
                return;
            }
        }
    }

    private void cut(Wire wire, byte[] bytes, Random random, String told) throws IOException {
        write(wire, bytes, 0, random.nextInt(bytes.length + 1));
        drain(wire, isHead(bytes), told);
    }

    /** What is asked with it is answered without a body. */
    private static boolean isHead(byte[] request) {
        return new String(request, 0, 5, StandardCharsets.US_ASCII).equals("HEAD ");
    }

    private static void reset(Wire wire, byte[] bytes, Random random) throws IOException {
        write(wire, bytes, 0, random.nextInt(bytes.length + 1));
        wire.socket.setSoLinger(true, 0);
    }

    private void readAll(Wire wire, List<FuzzRequest> requests, String told) throws IOException {
        for (FuzzRequest request : requests) {
            if (!request.whole()) {
                drain(wire, isHead(request.bytes()), told);
                return;
            }
            boolean head = isHead(request.bytes());
            Answer answer = answer(wire, head, told);
            if (answer == null || answer.header("content-length") == null && answer.status() != 304) {
                // Closed, or a feed: nothing can be read behind it.
                return;
            }
            check(answer, told);
            boolean crossSite = answer.body().contains("A page of another site"); // whatever the route
            if (request.clean() && requests.size() == 1 && !crossSite) {
                assertThat(document.response(request.operation(), answer.status()))
                        .as(told + "\nanswered " + answer + ", which the document does not know").isNotNull();
            }
        }
    }

    /** Says that no more will come, and reads what is answered. */
    private void drain(Wire wire, boolean head, String told) throws IOException {
        try {
            wire.socket.shutdownOutput();
        } catch (SocketException closed) {
            return;
        }
        Answer answer = answer(wire, head, told);
        if (answer != null) {
            check(answer, told);
        }
    }

    private static Answer answer(Wire wire, boolean head, String told) throws IOException {
        try {
            Answer answer = wire.answer(!head);
            while (answer != null && answer.status() == 100) {
                answer = wire.answer(!head);
            }
            return answer;
        } catch (SocketException reset) {
            return null;
        } catch (IOException | RuntimeException failure) {
            throw new AssertionError("no answer to " + told, failure);
        }
    }

    private void check(Answer answer, String told) {
        String all = told + "\nanswered " + answer;
        assertThat(STATUSES).as(all).contains(answer.status());
        answers.incrementAndGet();
        fine.addAndGet(answer.status() < 300 ? 1 : 0);
        if (answer.status() >= 400 && "application/json".equals(answer.header("content-type"))
                && !answer.body().isEmpty() && answer.status() != 503) {
            assertThat(TestJson.object(answer.body())).as(all).containsKeys("error", "message");
        }
    }
}
