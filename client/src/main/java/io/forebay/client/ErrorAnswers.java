package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Error answers: {@code {"error": name, "message": text}}, or a bare status, or a line of text. */
final class ErrorAnswers {
    private static final String SEQ_ID = "_seq_id";
    private static final int TEXT_CHARS_MAX = 500;

    private ErrorAnswers() {}

    /** @param retryAfterSeconds what the answer asked for; 0 for nothing */
    static ForebayException exception(String route, int status, byte[] body, int retryAfterSeconds) {
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
        ErrorCode code = code(status, name);
        return code == ErrorCode.BACKOFF
                ? ForebayException.backoff(null, told, retryAfterSeconds)
                : exception(code, told, seqIds);
    }

    /** @param seqIds the wanted one and the position reached, where the server tells them */
    private static ForebayException exception(ErrorCode code, String message, Map<String, Long> seqIds) {
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
        return status < 500 ? ErrorCode.INVALID_ARGUMENT : ErrorCode.INTERNAL;
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
