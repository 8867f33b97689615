package io.forebay.server.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One line of the file of the tokens: a JSON object.
 *
 * <pre>
 * {"id":"loader","hash":"sha256:…64 hex digits…","role":"write","tenants":["default_tenant"],"databases":["*"],
 *  "created":"2026-11-21T18:00:00Z","expires":"2027-11-21T18:00:00Z","requests_per_second":50,
 *  "bytes_per_second":10485760}
 * </pre>
 *
 * <p>Failure: everything but {@code expires} and the two rates must be there, and nothing else may: a name that is
 * mistyped would otherwise be a limit that does not hold.
 */
final class TokenLine {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();
    private static final String TENANTS = "tenants";
    private static final String DATABASES = "databases";
    private static final String REQUESTS = "requests_per_second";
    private static final String BYTES = "bytes_per_second";
    private static final Set<String> TEXTS = Set.of("id", "hash", "role", "created", "expires");

    private TokenLine() {}

    static String write(Token token) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("id", token.id());
            out.writeStringField("hash", token.hash().toString());
            out.writeStringField("role", token.role().text());
            names(out, TENANTS, token.limits().tenants());
            names(out, DATABASES, token.limits().databases());
            out.writeStringField("created", token.created().toString());
            if (token.expires() != null) {
                out.writeStringField("expires", token.expires().toString());
            }
            rate(out, REQUESTS, token.rates().requestsPerSecond());
            rate(out, BYTES, token.rates().bytesPerSecond());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void rate(JsonGenerator out, String field, long perSecond) throws IOException {
        if (perSecond > 0) {
            out.writeNumberField(field, perSecond);
        }
    }

    private static void names(JsonGenerator out, String field, Set<String> names) throws IOException {
        out.writeArrayFieldStart(field);
        for (String name : new TreeSet<>(names)) {
            out.writeString(name);
        }
        out.writeEndArray();
    }

    /** @throws IllegalArgumentException that says what is wrong with it */
    static Token read(String line) {
        Map<String, String> texts = new HashMap<>();
        Map<String, Set<String>> lists = new HashMap<>();
        try (JsonParser in = FACTORY.createParser(line)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("must be a JSON object");
            }
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                field(in, field, texts, lists);
            }
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("one JSON object a line");
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("must be a JSON object", e);
        }
        return token(texts, lists);
    }

    private static void field(JsonParser in, String field, Map<String, String> texts,
            Map<String, Set<String>> lists) throws IOException {
        JsonToken value = in.nextToken();
        if ((field.equals(REQUESTS) || field.equals(BYTES)) && value == JsonToken.VALUE_NUMBER_INT
                && in.getLongValue() > 0) {
            texts.put(field, in.getText());
        } else if (TEXTS.contains(field) && value == JsonToken.VALUE_STRING) {
            texts.put(field, in.getText());
        } else if ((field.equals(TENANTS) || field.equals(DATABASES)) && value == JsonToken.START_ARRAY) {
            Set<String> names = new HashSet<>();
            while (in.nextToken() == JsonToken.VALUE_STRING) {
                names.add(in.getText());
            }
            if (in.currentToken() != JsonToken.END_ARRAY) {
                throw new IllegalArgumentException(field + " must be a list of texts");
            }
            lists.put(field, names);
        } else if (!field.equals("expires") || value != JsonToken.VALUE_NULL) {
            throw new IllegalArgumentException("'" + field + "' is not a field of a token, or has a value of"
                    + " the wrong type");
        }
    }

    private static Token token(Map<String, String> texts, Map<String, Set<String>> lists) {
        String id = need(texts.get("id"), "id");
        if (!TokenText.isId(id)) {
            throw new IllegalArgumentException("id must be 1 to 40 of a-z, 0-9 and -");
        }
        Role role = Role.of(need(texts.get("role"), "role"));
        if (role == null) {
            throw new IllegalArgumentException("role must be read, write or admin");
        }
        String expires = texts.get("expires");
        return new Token(id, TokenHash.parse(need(texts.get("hash"), "hash")), role,
                new Limits(need(lists.get(TENANTS), TENANTS), need(lists.get(DATABASES), DATABASES)),
                time(need(texts.get("created"), "created"), "created"),
                expires == null ? null : time(expires, "expires"),
                new Rates(number(texts.get(REQUESTS)), number(texts.get(BYTES))));
    }

    private static long number(@Nullable String text) {
        return text == null ? 0 : Long.parseLong(text);
    }

    private static <T> T need(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return value;
    }

    private static Instant time(String text, String field) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(field + " must be like 2027-01-31T00:00:00Z", e);
        }
    }
}
