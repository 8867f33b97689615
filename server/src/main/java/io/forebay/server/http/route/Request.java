package io.forebay.server.http.route;

import io.forebay.etl.embed.TraceContext;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.json.Json;
import io.forebay.server.ops.Notes;
import io.forebay.server.ops.RequestIds;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request, its body complete.
 *
 * @param path  decoded values of the template's variables
 * @param query text behind the question mark, not decoded
 * @param body  the first {@code length} bytes are the body
 * @param who   asks; that the route may be used at all was checked before
 * @param from  address of the client; empty where it is not known
 * @param notes what the handler says for the logs
 * @param gone  whether the connection is lost, so that nobody waits for the answer
 */
public record Request(Map<String, String> path, String query, HttpHeaders headers, byte[] body, int length,
        Principal who, String from, Notes notes, BooleanSupplier gone) {
    public Request(Map<String, String> path, String query, HttpHeaders headers, byte[] body, int length,
            Principal who) {
        this(path, query, headers, body, length, who, "", new Notes(), () -> false);
    }

    /** For limits that are each client's own: the token, or the address of one who needs none. */
    String client() {
        return who.id().isEmpty() ? from : who.id();
    }

    public <T> T json(Json.Decoder<T> decoder) {
        return Json.decode(body, length, decoder);
    }

    String variable(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no variable " + name + " in the path of this route");
        }
        return value;
    }

    QueryParams params() {
        return QueryParams.parse(query);
    }

    /** A header that holds a number from 0; {@code absent} when it is not there. */
    long number(String header, long absent) {
        String text = headers.get(header);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text.trim());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw ForebayException.invalid("Header " + header + " must be a whole number from 0. Got: " + text);
    }

    /** For services that are called for it. */
    TraceContext trace() {
        List<String> states = headers.getAll(RequestIds.TRACE_STATE_HEADER);
        return new TraceContext(RequestIds.traceparent(headers.get(RequestIds.TRACE_HEADER)),
                states.isEmpty() ? null : String.join(",", states));
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }
}
