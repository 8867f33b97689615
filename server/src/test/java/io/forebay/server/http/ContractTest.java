package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/**
 * The contract as tables of requests and answers: {@code src/test/resources/contract/*.txt}, each block on a database of
 * its own, against a real server. The files that begin with a number are the contract page, section by section and row by
 * row; the others are Forebay's own.
 *
 * <pre>
 * == name of the block: the row of the page
 * METHOD path body          C stands for the path of the block's collections; $x for what was captured;
 *                           @times(n,text) for the text n times with commas between (%d in it counts from 0),
 *                           @repeat(n,text) without; a line that begins with two spaces goes on
 * &gt; Header: value           sent; "&gt; -Header" takes one away
 * STATUS expected           nothing: no body; "~ text": contains; "= text": exactly; "^ field": an array of objects, at
 *                           least two, in ascending order of the text of the field; otherwise JSON, in which "*" is any
 *                           value and a key "..." more keys
 * &lt; Header: value           answered; "&lt; Header" there whatever it says; "&lt; -Header" not there
 * &amp; name = field             captured from the answer
 * ! why                     the real server answers this request otherwise, and why Forebay does not
 * </pre>
 *
 * <p>With {@code -Dforebay.contract.url=http://127.0.0.1:8000} the numbered tables are put to the server there instead,
 * to compare the real Chroma with them: what differs and has no {@code !} fails, and so does a {@code !} without a
 * difference. What that found is in {@code docs/chroma-differences.md}.
 */
class ContractTest {
    private static final @Nullable String OTHER = System.getProperty("forebay.contract.url");
    private static final List<String> PAGE = List.of("0-general", "1-system", "2-tenants", "3-databases",
            "4-names", "5-collections", "5-configuration", "5-schema", "5-metadata", "6-common", "6-metadata",
            "6-embeddings", "6-writes", "6-delete", "6-get", "6-query", "6-distances", "6-where",
            "6-documents", "7-consistency", "8-clients");
    private static final List<String> OWN = List.of("forebay", "idempotency", "lag", "forks", "v1",
            "search", "sparse", "docs");

    @TempDir
    static Path directory;

    private static @Nullable TestServer server;
    private static ContractClient client;

    record Block(String name, List<String> lines) {}

    @BeforeAll
    static void start() {
        if (OTHER == null) {
            server = TestServer.start(directory, TestServer.options().withAllowReset(true));
            client = new ContractClient(server.client, server.uri(""));
        } else {
            client = new ContractClient(HttpClient.newHttpClient(), URI.create(OTHER));
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
            assertThat(LeakWatch.leaks()).isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicContainer> contract() {
        return Stream.concat(PAGE.stream(), OTHER == null ? OWN.stream() : Stream.of())
                .map(file -> DynamicContainer.dynamicContainer(file, parse(file).stream().map(
                        block -> DynamicTest.dynamicTest(file + ": " + block.name(), () -> run(block)))));
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
                } else if (!line.isBlank() && !line.startsWith("# ") && !line.equals("#")) {
                    all.getLast().lines().add(line);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    private static void run(Block block) {
        ContractClient.Exchange exchange = client.begin();
        List<String> differences = new ArrayList<>();
        List<String> ofRequest = new ArrayList<>();
        String excuse = null;
        boolean excused = false;
        for (String line : block.lines()) {
            String text = exchange.substitute(line);
            char first = text.charAt(0);
            if (Character.isUpperCase(first)) {
                settle(exchange, excuse, ofRequest, differences);
                excuse = null;
                exchange.request(text);
            } else if (first == '>') {
                exchange.header(text.substring(2));
            } else if (first == '!') {
                excuse = text.substring(1).strip();
            } else if (Character.isDigit(first)) {
                check(text, exchange.send(), exchange, ofRequest);
            } else if (first == '<') {
                checkHeader(text.substring(2), exchange, ofRequest);
            } else if (first == '&') {
                exchange.capture(text.substring(2));
            } else {
                fail("not understood: " + line);
            }
        }
        settle(exchange, excuse, ofRequest, differences);
        if (!differences.isEmpty()) {
            fail(String.join("\n\n", differences));
        }
    }

    /** Ends a request: its differences count when they may not be, or when they should be and are not. */
    private static void settle(ContractClient.Exchange exchange, @Nullable String excuse, List<String> found,
            List<String> differences) {
        if (OTHER == null || excuse == null) {
            differences.addAll(found);
        } else if (found.isEmpty()) {
            differences.add(exchange.told() + "\nis as the table says, so this is wrong: " + excuse);
        }
        found.clear();
    }

    private static void check(String expectation, ContractClient.Answer answer,
            ContractClient.Exchange exchange, List<String> differences) {
        String[] parts = expectation.split(" ", 2);
        String expected = parts.length == 1 ? "" : parts[1];
        String body = answer.body();
        boolean same = answer.status() == Integer.parseInt(parts[0]);
        if (expected.startsWith("~ ")) {
            same &= body.contains(expected.substring(2));
        } else if (expected.startsWith("= ")) {
            same &= body.equals(expected.substring(2));
        } else if (expected.startsWith("^ ")) {
            same = same && isAscending(TestJson.parse(body), expected.substring(2));
        } else if (expected.isEmpty()) {
            same &= body.isEmpty();
        } else {
            same = same && TestJson.matches(TestJson.parse(expected), TestJson.parse(body))
                    && answer.headers().firstValue("content-type").orElse("").equals("application/json");
        }
        // Every error has this header, and no other answer.
        same &= answer.headers().firstValue("chroma-trace-id").isPresent() == answer.status() >= 400;
        if (!same) {
            differences.add(exchange.told() + "\nwanted   " + ContractClient.cut(expectation));
        }
    }

    private static boolean isAscending(Object answer, String field) {
        List<String> values = answer instanceof List<?> list
                ? list.stream().map(one -> String.valueOf(((Map<?, ?>) one).get(field))).toList()
                : List.of();
        return values.size() > 1 && values.stream().sorted().toList().equals(values);
    }

    private static void checkHeader(String expected, ContractClient.Exchange exchange,
            List<String> differences) {
        String[] parts = expected.split(": ", 2);
        String name = expected.startsWith("-") ? expected.substring(1) : parts[0];
        String value = exchange.answer().headers().firstValue(name).orElse(null);
        boolean same = expected.startsWith("-")
                ? value == null
                : parts.length == 1 ? value != null : parts[1].equals(value);
        if (!same) {
            differences.add(exchange.told() + "\nheader   " + name + ": " + value + "\nwanted   "
                    + expected);
        }
    }
}
