package io.forebay.server.http.route;

import io.forebay.server.http.json.Json;
import io.forebay.server.http.stream.LiveContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer; its body is written on the connection's own thread, straight into the buffer that is sent.
 *
 * @param contentType null for none
 * @param live        what follows the head without an end, instead of a body; whoever does not send it must close it
 */
public record Response(int status, @Nullable String contentType, Body body,
        List<Map.Entry<String, String>> headers, @Nullable LiveContent live) {
    /** What Chroma sends with every error, also with one that has no body. */
    private static final List<Map.Entry<String, String>> FAILED = List
            .of(Map.entry("chroma-trace-id", "0".repeat(32)));
    private static final Body NOTHING = out -> {};

    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    public Response {
        headers = List.copyOf(headers);
    }

    private Response(int status, @Nullable String contentType, Body body) {
        this(status, contentType, body, status < 400 ? List.of() : FAILED, null);
    }

    public static Response json(int status, Json.Encoder encoder) {
        return new Response(status, "application/json", out -> Json.encode(out, encoder));
    }

    /** 200 with {@code {}}: a write without a result. */
    public static Response ok() {
        return json(200, out -> {
            out.writeStartObject();
            out.writeEndObject();
        });
    }

    public static Response empty(int status) {
        return new Response(status, null, NOTHING);
    }

    public static Response text(int status, @Nullable String contentType, String text) {
        return new Response(status, contentType, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static Response live(LiveContent content) {
        return new Response(200, content.contentType(), NOTHING, List.of(), content);
    }

    /** Null where it has none. */
    public @Nullable String header(String name) {
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equals(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    public Response with(String header, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(header, value));
        return new Response(status, contentType, body, more, live);
    }
}
