package io.forebay.server.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends the requests of {@link ContractTest}'s tables; its client asks for an upgrade to h2c with each of them. */
final class ContractClient {
    private static final Pattern TIMES = Pattern.compile("@(times|repeat)\\((\\d+),([^()]*)\\)");
    private static final int TOLD_MAX = 1500;

    private final HttpClient client;
    private final URI base;
    /** So that a server that kept the databases of an earlier run can be asked again. */
    private final String run = Long.toString(System.currentTimeMillis(), 36);
    private int blocks;

    ContractClient(HttpClient client, URI base) {
        this.client = client;
        this.base = base;
    }

    record Answer(int status, HttpHeaders headers, String body) {}

    /** With a new database. */
    Exchange begin() {
        String database = "db-" + run + "-" + ++blocks;
        Exchange exchange = new Exchange(database);
        exchange.request("POST /api/v2/tenants/default_tenant/databases {\"name\":\"" + database + "\"}");
        exchange.send();
        return exchange;
    }

    static String cut(String text) {
        return text.length() <= TOLD_MAX ? text : text.substring(0, TOLD_MAX) + "…";
    }

    /** The requests of one block. */
    final class Exchange {
        private final String database;
        private final Map<String, String> captured = new HashMap<>();
        private final List<String> headers = new ArrayList<>();
        private String request = "";
        private Answer answer = new Answer(0, HttpHeaders.of(Map.of(), (name, value) -> true), "nothing");

        private Exchange(String database) {
            this.database = database;
            captured.put("db", database);
            captured.put("run", run);
        }

        String substitute(String line) {
            String text = line.replaceFirst("^([A-Z]+) C(?=[/? ]|$)",
                    "$1 /api/v2/tenants/default_tenant/databases/" + database + "/collections");
            for (Map.Entry<String, String> entry : captured.entrySet()) {
                text = text.replace("$" + entry.getKey(), entry.getValue());
            }
            Matcher times = TIMES.matcher(text);
            return times.replaceAll(match -> Matcher.quoteReplacement(repeated(match.group(3),
                    Integer.parseInt(match.group(2)), match.group(1).equals("times") ? "," : "")));
        }

        private static String repeated(String text, int count, String between) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < count; i++) {
                all.append(i == 0 ? "" : between).append(text.replace("%d", Integer.toString(i)));
            }
            return all.toString();
        }

        void request(String line) {
            request = line;
            headers.clear();
        }

        void header(String line) {
            headers.add(line);
        }

        Answer answer() {
            return answer;
        }

        void capture(String assignment) {
            String[] parts = assignment.split(" = ");
            Object value = answer.body().startsWith("{")
                    ? TestJson.object(answer.body()).get(parts[1])
                    : null;
            captured.put(parts[0], String.valueOf(value));
        }

        String told() {
            return cut(request) + "\nanswered " + answer.status() + " " + cut(answer.body());
        }

        /** A connection that the server dropped is an answer with status 0. */
        Answer send() {
            String[] parts = request.split(" ", 3);
            HttpRequest.Builder built = HttpRequest.newBuilder(URI.create(base + parts[1]))
                    .timeout(Duration.ofSeconds(60));
            if (parts.length == 3 && headers.stream().noneMatch(h -> h.contains("Content-Type"))) {
                built.header("Content-Type", "application/json");
            }
            for (String header : headers) {
                if (!header.startsWith("-")) {
                    int colon = header.indexOf(':');
                    built.header(header.substring(0, colon), header.substring(colon + 1).strip());
                }
            }
            built.method(parts[0],
                    parts.length == 3 ? BodyPublishers.ofString(parts[2]) : BodyPublishers.noBody());
            try {
                HttpResponse<String> got = client.send(built.build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                answer = new Answer(got.statusCode(), got.headers(), got.body());
                return answer;
            } catch (IOException e) {
                answer = new Answer(0, HttpHeaders.of(Map.of(), (name, value) -> true), String.valueOf(e));
                return answer;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
