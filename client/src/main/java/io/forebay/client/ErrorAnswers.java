package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import io.forebay.model.wire.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Error answers: {@code {"error": name, "message": text}}, or a bare status, or a line of text. */
final class ErrorAnswers {
    private static final String SEQ_ID = "_seq_id";
    private static final List<String> POSITIONS = List.of("wanted", "durable", "applied", "linked", "oldest");
    private static final int NO_STATUS = 0;
    private static final int TEXT_CHARS_MAX = 500;

    private ErrorAnswers() {}

    /**
     * Of one attempt: worth another, or final.
     *
     * @param retryAfter the header of that name; null without one
     */
    static RuntimeException failure(String route, int status, byte[] body, @Nullable String retryAfter) {
        Duration wait = retryAfter == null ? null : wait(retryAfter);
        return AttemptFailure.ofStatus(exception(route, status, body, seconds(wait)), wait);
    }

    /** In an {@code ERROR} or {@code END} frame. */
    static RuntimeException failure(String what, int status, Fields head) {
        Map<String, Long> seqIds = new HashMap<>();
        for (String position : POSITIONS) {
            if (head.has(position + SEQ_ID)) {
                seqIds.put(position, head.number(position + SEQ_ID, 0));
            }
        }
        Duration wait = head.has("retry_after_seconds")
                ? Duration.ofSeconds(head.number("retry_after_seconds", 0))
                : null;
        String name = Objects.requireNonNullElse(head.text("error"), "");
        String message = Objects.requireNonNullElse(head.text("message"),
                "status " + status + " from " + what);
        return AttemptFailure.ofStatus(exception(code(status, name), message, seqIds, seconds(wait)), wait);
    }

    /** The last frame of a change feed over HTTP, which has no status. */
    static ForebayException ofStream(byte[] json) {
        return exception("the change feed", NO_STATUS, json, 0);
    }

    /** In whole seconds, not less than it is; 0 for nothing. */
    private static int seconds(@Nullable Duration wait) {
        return wait == null ? 0 : (int) Math.min(Integer.MAX_VALUE, wait.plusMillis(999).toSeconds());
    }

    private static @Nullable Duration wait(String retryAfter) {
        try {
            return Duration.ofMillis((long) (1000 * Math.max(0, Double.parseDouble(retryAfter.strip()))));
        } catch (NumberFormatException e) {
            return null; // the form with a date: not worth the code, the default wait serves
        }
    }

    /** @param retryAfterSeconds what the answer asked for; 0 for nothing */
    private static ForebayException exception(String route, int status, byte[] body, int retryAfterSeconds) {
        String name = "";
        String message = null;
        Map<String, Long> seqIds = new HashMap<>();
        try (JsonParser json = JsonText.parser(body)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                    JsonToken value = json.nextToken();
                    if (field.equals("error") && value == JsonToken.VALUE_STRING) {
                        name = json.getText();
                    } else if (field.equals("message") && value == JsonToken.VALUE_STRING) {
                        message = json.getText();
                    } else if (field.endsWith(SEQ_ID) && value == JsonToken.VALUE_NUMBER_INT) {
                        seqIds.put(field.substring(0, field.length() - SEQ_ID.length()), json.getLongValue());
                    } else {
                        json.skipChildren();
                    }
                }
            }
        } catch (IOException e) {
            message = null; // not JSON: told as text below
        }
        String told = message == null ? plain(route, status, body) : message;
        return exception(code(status, name), told, seqIds, retryAfterSeconds);
    }

    /** @param seqIds the wanted one and the position reached, where the server tells them */
    private static ForebayException exception(ErrorCode code, String message, Map<String, Long> seqIds,
            int retryAfterSeconds) {
        if (code == ErrorCode.BACKOFF) {
            return ForebayException.backoff(null, message, retryAfterSeconds);
        }
        Long oldest = seqIds.remove("oldest");
        if (oldest != null) {
            return new ChangesPurgedException(message, oldest);
        }
        Long wanted = seqIds.remove("wanted");
        if (wanted != null) {
            for (Map.Entry<String, Long> reached : seqIds.entrySet()) {
                return new NotReachedException(code, message, reached.getKey(), wanted, reached.getValue());
            }
        }
        return new ForebayException(code, message);
    }

    private static String plain(String route, int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        String shown = text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) + "..." : text;
        return "HTTP " + status + " from " + route + (shown.isEmpty() ? "" : ": " + shown);
    }

    private static ErrorCode code(int status, String name) {
        ErrorCode byStatus = null;
        for (ErrorCode code : ErrorCode.values()) {
            if (code.httpStatus() == status) {
                byStatus = code;
            }
        }
        if (byStatus != null) {
            return byStatus;
        }
        ErrorCode byName = unambiguous(name);
        if (byName != null) {
            return byName;
        }
        return status < 500 && status != NO_STATUS ? ErrorCode.INVALID_ARGUMENT : ErrorCode.INTERNAL;
    }

    private static @Nullable ErrorCode unambiguous(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.wireName().equals(name) && !name.equals("ChromaError")) {
                return code;
            }
        }
        return null;
    }
}
