package io.forebay.server.http.route;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The OpenAPI document, put together from the pieces in {@code openapi/}: each is a JSON object, and those of one part are
 * put one behind the other. A test holds the document against the table of routes and against real answers.
 */
public final class OpenApi {
    private static final String PLACE = "/io/forebay/server/http/openapi/";
    private static final List<String> PATHS = List.of("paths-system", "paths-console", "paths-tenants",
            "paths-collections", "paths-records", "paths-forebay", "paths-dead-letters", "paths-imports",
            "paths-v1");
    private static final List<String> SCHEMAS = List.of("schemas-common", "schemas-collection",
            "schemas-records", "schemas-search", "schemas-system", "schemas-imports");

    private OpenApi() {}

    public static byte[] document() {
        String text = "{" + inner("document")
                + part("paths", PATHS) + ",\"components\":{"
                + part("schemas", SCHEMAS).substring(1)
                + part("parameters", List.of("parameters"))
                + part("headers", List.of("headers"))
                + part("responses", List.of("responses"))
                + part("securitySchemes", List.of("security")) + "}}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String part(String name, List<String> pieces) {
        return ",\"" + name + "\":{"
                + pieces.stream().map(OpenApi::inner).collect(Collectors.joining(",\n")) + "}";
    }

    /** A piece without its own braces. */
    private static String inner(String piece) {
        String text = new String(read(PLACE + piece + ".json"), StandardCharsets.UTF_8);
        return text.substring(text.indexOf('{') + 1, text.lastIndexOf('}'));
    }

    static byte[] read(String resource) {
        try (InputStream in = OpenApi.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }
}
