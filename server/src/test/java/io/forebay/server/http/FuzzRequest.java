package io.forebay.server.http;

import io.forebay.server.http.ApiDocument.Operation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * One request as bytes, made after one operation of the API's document.
 *
 * @param clean whether the request line and the headers are as the document has them, so that only a status that it
 *              names may come
 * @param whole whether the server can tell where it ends
 */
record FuzzRequest(Operation operation, byte[] bytes, boolean clean, boolean whole) {
    private static final List<String> SEGMENTS = List.of("", ".", "..", "%2e%2e", "%2F", "%00", "%", "%zz",
            "%C3",
            "%F0%9F%98%80", "+", "a b", "{x}", "*", "add", "collections", "x".repeat(3000), "%25", ";a=b",
            "ü");
    private static final List<String> VALUES = List.of("", "0", "1", "-1", "abc", "index_only", "linked",
            "99999999999",
            "99999999999999999999", "%", "%41", "a%20b", "documents,uris", "true", "1.5", "+5");
    private static final List<String> HEADERS = List.of("Forebay-Durability: sync",
            "Forebay-Durability: never",
            "Forebay-Min-Seq-Id: 1", "Forebay-Min-Seq-Id: -1", "Forebay-Min-Seq-Id: 999999999999",
            "Forebay-Timeout-Millis: 0", "Forebay-Timeout-Millis: x", "Idempotency-Key: k",
            "Idempotency-Key: ",
            "Idempotency-Key: " + "k".repeat(400), "x-chroma-token: t", "Authorization: Bearer",
            "Authorization: Basic !",
            "Accept: application/vnd.forebay.changes", "Last-Event-ID: 0", "Last-Event-ID: x",
            "Expect: 100-continue",
            "Connection: close", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
            "Origin: http://e.example",
            "If-None-Match: *", "Range: bytes=0-1", "Cookie: a=b", "X: " + "y".repeat(5000));
    private static final List<String> BROKEN = List.of("Content-Type: text/plain", "Content-Type: ",
            "Content-Length: 5",
            "Content-Length: -1", "Content-Length: x", "Content-Length: 99999999999999",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: chunked", ": no name", "no colon", "Bad Name: x", " folded", "Host: other",
            "\u0001: x",
            "Expect: something");

    static FuzzRequest of(ApiDocument document, List<String> collections, Random random) {
        List<Operation> all = document.operations();
        Operation operation = all.get(random.nextInt(all.size()));
        // Three of four are about records: there is most to be got wrong.
        for (int i = 0; i < 3 && !operation.said().get("tags").equals(List.of("records")); i++) {
            operation = all.get(random.nextInt(all.size()));
        }
        return new Maker(document, operation, collections, random).make();
    }

    private static final class Maker {
        private final ApiDocument document;
        private final Operation operation;
        private final List<String> collections;
        private final Random random;
        private boolean clean = true;
        private boolean whole = true;

        Maker(ApiDocument document, Operation operation, List<String> collections, Random random) {
            this.document = document;
            this.operation = operation;
            this.collections = collections;
            this.random = random;
        }

        private boolean once(int in) {
            return random.nextInt(in) == 0;
        }

        private String any(List<String> all) {
            return all.get(random.nextInt(all.size()));
        }

        FuzzRequest make() {
            byte[] body = body();
            String method = operation.method().toUpperCase(Locale.ROOT);
            if (once(30)) {
                clean = false;
                method = any(List.of("GET", "POST", "HEAD", "OPTIONS", "TRACE", "get", "CONNECT", "\u0000",
                        "PROPFIND"));
            }
            StringBuilder head = new StringBuilder(
                    method + " " + path() + query() + " " + version() + "\r\nHost: h\r\n");
            if (body.length > 0 && !once(40)) {
                head.append("Content-Type: application/json").append(once(5) ? "; charset=utf-8" : "")
                        .append("\r\n");
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                head.append(any(HEADERS)).append("\r\n");
            }
            if (once(12)) {
                clean = false;
                whole = false;
                head.append(any(BROKEN)).append("\r\n");
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean chunked = once(3);
            head.append(chunked
                    ? "Transfer-Encoding: chunked\r\n\r\n"
                    : "Content-Length: " + length(body) + "\r\n\r\n");
            out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
            if (chunked) {
                chunks(body, out);
            } else {
                out.writeBytes(body);
            }
            return new FuzzRequest(operation, out.toByteArray(), clean, whole);
        }

        private byte[] body() {
            Object content = ApiDocument.map(operation.said().get("requestBody")).get("content");
            if (content == null) {
                return once(10) ? "{}".getBytes(StandardCharsets.UTF_8) : new byte[0];
            }
            Object schema = document.schemaOf(content, "application/json");
            byte[] bytes = new FuzzBodies(document, random, once(2) ? 0 : 5 + random.nextInt(40)).of(schema)
                    .getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && once(12)) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            return once(25) ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
        }

        private String path() {
            String path = operation.path();
            for (Map.Entry<String, List<String>> variable : Map
                    .of("{tenant}", List.of("default_tenant", "nobody"),
                            "{database}", List.of("default_database", "default_database", "nowhere"),
                            "{name}", List.of("f"), "{file}", List.of("index.css", "nothing"), "{rest}",
                            List.of("x", "a/b"),
                            "{crn}", List.of("default_tenant:default_database:fuzz-one", "a:b", ":"),
                            "{collection}", collections)
                    .entrySet()) {
                path = path.replace(variable.getKey(), any(variable.getValue()));
            }
            if (once(15)) {
                clean = false;
                String[] segments = path.split("/", -1);
                segments[random.nextInt(segments.length)] = any(SEGMENTS);
                path = String.join("/", segments);
            }
            return path.isEmpty() ? "/" : path;
        }

        private String query() {
            StringBuilder query = new StringBuilder();
            for (Object parameter : ApiDocument.list(operation.said().get("parameters"))) {
                Map<String, Object> resolved = document.resolved(parameter);
                if (resolved.get("in").equals("query") && once(3)) {
                    query.append(query.isEmpty() ? "?" : "&").append(resolved.get("name")).append('=')
                            .append(any(VALUES));
                }
            }
            if (once(40)) {
                clean = false;
                query.append(any(List.of("?", "&&", "?=", "?limit", "?a=%ff", "#x")));
            }
            return query.toString();
        }

        private String version() {
            if (once(60)) {
                clean = false;
                whole = false;
                return any(List.of("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP", "", "HTTP/1.1 x", "ICY/1.1"));
            }
            return "HTTP/1.1";
        }

        private int length(byte[] body) {
            if (once(40)) {
                clean = false;
                whole = false;
                return Math.max(0, body.length + random.nextInt(21) - 10);
            }
            return body.length;
        }

        private void chunks(byte[] body, ByteArrayOutputStream out) {
            int at = 0;
            while (at < body.length) {
                int size = Math.min(body.length - at, 1 + random.nextInt(once(4) ? 3 : 400));
                String extension = once(10) ? ";x=\"y\"" : "";
                out.writeBytes(
                        (Integer.toHexString(size) + extension + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(body, at, size);
                out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
                at += size;
            }
            String end = "0\r\n" + (once(10) ? "Trailer: x\r\n" : "") + "\r\n";
            if (once(40)) {
                clean = false;
                whole = false;
                end = any(List.of("zz\r\n\r\n", "0\r\n", "-1\r\n\r\n", "ffffffffffffffff\r\n\r\n",
                        "\r\n\r\n\r\n", "5\r\nab"));
            }
            out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
