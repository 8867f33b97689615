package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract as tables of requests and answers: {@code src/test/resources/contract/*.txt}, each block on a database of
 * its own, against a real server.
 *
 * <pre>
 * == name of the block
 * METHOD path body          C stands for the path of the block's collections; $x for what was captured;
 *                           a line that begins with two spaces goes on
 * &gt; Header: value           sent; "&gt; -Header" takes one away
 * STATUS expected           nothing: no body; "~ text": contains; "= text": exactly; otherwise JSON, in which "*" is
 *                           any value and a key "..." more keys
 * &lt; Header: value           answered; "&lt; Header" there whatever it says; "&lt; -Header" not there
 * &amp; name = field             captured from the answer
 * </pre>
 */
class ContractTest {
    @TempDir
    static Path directory;

    private static TestServer server;
    private static int blocks;

    private record Block(String name, List<String> lines) {}

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withAllowReset(true));
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> contract() {
        return Stream
                .of("system", "tenants", "collections", "configuration", "writes", "idempotency", "reads",
                        "where", "search", "lag", "forks", "docs")
                .flatMap(file -> parse(file).stream().map(
                        block -> DynamicTest.dynamicTest(file + ": " + block.name(), () -> run(block))));
    }

    private static List<Block> parse(String file) {
        List<Block> all = new ArrayList<>();
        try (var in = ContractTest.class.getResourceAsStream("/contract/" + file + ".txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("== ")) {
                    all.add(new Block(line.substring(3), new ArrayList<>()));
                } else if (line.startsWith("  ")) {
                    List<String> lines = all.getLast().lines();
                    lines.set(lines.size() - 1, lines.getLast() + line.strip());
                } else if (!line.isBlank() && !line.startsWith("# ")) {
                    all.getLast().lines().add(line);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    private static void run(Block block) {
        String database = "db-" + ++blocks;
        server.post("/api/v2/tenants/default_tenant/databases", "{\"name\":\"" + database + "\"}");
        Map<String, String> captured = new HashMap<>();
        captured.put("db", database);
        String request = null;
        List<String> headers = new ArrayList<>();
        HttpResponse<String> answer = null;
        for (String line : block.lines()) {
            String text = substitute(line, captured, database);
            char first = text.charAt(0);
            if (first == '>') {
                headers.add(text.substring(2));
            } else if (Character.isUpperCase(first)) {
                request = text;
                headers.clear();
            } else if (Character.isDigit(first)) {
                answer = send(request, headers);
                check(request, text, answer);
            } else if (first == '<') {
                checkHeader(text.substring(2), answer);
            } else if (first == '&') {
                String[] parts = text.substring(2).split(" = ");
                captured.put(parts[0], String.valueOf(TestJson.object(answer.body()).get(parts[1])));
            } else {
                fail("not understood: " + line);
            }
        }
    }

    private static String substitute(String line, Map<String, String> captured, String database) {
        String text = line.replaceFirst("^([A-Z]+) C(?=[/? ]|$)",
                "$1 /api/v2/tenants/default_tenant/databases/" + database + "/collections");
        for (Map.Entry<String, String> entry : captured.entrySet()) {
            text = text.replace("$" + entry.getKey(), entry.getValue());
        }
        return text;
    }

    private static HttpResponse<String> send(String line, List<String> headers) {
        String[] parts = line.split(" ", 3);
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(parts[1]));
        if (parts.length == 3 && headers.stream().noneMatch(h -> h.contains("Content-Type"))) {
            request.header("Content-Type", "application/json");
        }
        for (String header : headers) {
            if (!header.startsWith("-")) {
                int colon = header.indexOf(':');
                request.header(header.substring(0, colon), header.substring(colon + 1).strip());
            }
        }
        return server.send(request.method(parts[0],
                parts.length == 3 ? BodyPublishers.ofString(parts[2]) : BodyPublishers.noBody()));
    }

    private static void check(String request, String expectation, HttpResponse<String> answer) {
        String[] parts = expectation.split(" ", 2);
        String told = request + "\nanswered " + answer.statusCode() + " " + answer.body() + "\nwanted "
                + expectation;
        assertThat(answer.statusCode()).as(told).isEqualTo(Integer.parseInt(parts[0]));
        String expected = parts.length == 1 ? "" : parts[1];
        if (expected.isEmpty()) {
            assertThat(answer.body()).as(told).isEmpty();
        } else if (expected.startsWith("~ ")) {
            assertThat(answer.body()).as(told).contains(expected.substring(2));
        } else if (expected.startsWith("= ")) {
            assertThat(answer.body()).as(told).isEqualTo(expected.substring(2));
        } else {
            assertThat(TestJson.matches(TestJson.parse(expected), TestJson.parse(answer.body()))).as(told)
                    .isTrue();
            assertThat(answer.headers().firstValue("content-type")).as(told).hasValue("application/json");
        }
        if (request.startsWith("HEAD")) {
            return;
        }
        boolean error = answer.body().startsWith("{\"error\"");
        assertThat(answer.headers().firstValue("chroma-trace-id").isPresent()).as(told).isEqualTo(error);
    }

    private static void checkHeader(String expected, HttpResponse<String> answer) {
        String[] parts = expected.split(": ", 2);
        if (expected.startsWith("-")) {
            assertThat(answer.headers().firstValue(expected.substring(1))).isEmpty();
        } else if (parts.length == 1) {
            assertThat(answer.headers().firstValue(parts[0])).as(expected).isPresent();
        } else {
            assertThat(answer.headers().firstValue(parts[0])).as(expected).hasValue(parts[1]);
        }
    }
}
