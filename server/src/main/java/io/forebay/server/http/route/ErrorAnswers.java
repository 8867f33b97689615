package io.forebay.server.http.route;

import io.forebay.engine.PurgedException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import io.forebay.server.http.json.ChangeEncoder;
import io.forebay.server.ops.RequestIds;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The one place where a failure becomes an answer. A {@link ForebayException} says its code and message; anything else
 * is a defect: it is logged under the name of its request, and the client gets the name.
 */
public final class ErrorAnswers {
    static final String OLDEST_SEQ_ID = "Forebay-Oldest-Seq-Id";
    static final String REQUEST_ID = "Forebay-Request-Id";
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);
    static final String RETRY_AFTER = "Retry-After";

    private ErrorAnswers() {}

    public static Response of(Throwable thrown, @Nullable String what) {
        Throwable cause = told(thrown, what);
        if (cause instanceof NotReachedException late) {
            return notReached(late);
        }
        if (cause instanceof PurgedException purged) {
            return Response.json(ErrorCode.GONE.httpStatus(), out -> ChangeEncoder.purged(out, purged))
                    .with(OLDEST_SEQ_ID, Long.toString(purged.oldestSeqId()));
        }
        ForebayException told = (ForebayException) cause;
        Response answer = of(told.code(), told.getMessage(), told.retryAfterSeconds());
        return told instanceof Defect defect ? answer.with(REQUEST_ID, defect.id) : answer;
    }

    /** Something else than what a client is told of. */
    private static final class Defect extends ForebayException {
        private static final long serialVersionUID = 1L;
        private final String id;

        Defect(String id, Throwable cause) {
            super(ErrorCode.INTERNAL, "Internal error, logged as request " + id, cause);
            this.id = id;
        }
    }

    /** What the client is told: a {@link ForebayException} or a {@link PurgedException}. A defect is logged. */
    public static Throwable told(Throwable thrown, @Nullable String what) {
        Throwable cause = unwrap(thrown);
        if (cause instanceof ForebayException told) {
            if (told.code() == ErrorCode.INTERNAL) {
                LOG.error("{} failed", what, told);
            }
            return told;
        }
        if (cause instanceof PurgedException) {
            return cause;
        }
        String named = MDC.get("request_id");
        String id = named == null ? RequestIds.make() : named;
        LOG.error("request {}: {} failed unexpectedly", id, what, cause);
        return new Defect(id, cause);
    }

    /** When a client may try again; 0 when it is not told to. */
    public static int retryAfterSeconds(ForebayException told) {
        return retryAfterSeconds(told.code(), told.retryAfterSeconds());
    }

    /** With the position of the collection, in the body and in a header. */
    private static Response notReached(NotReachedException late) {
        String reached = Long.toString(late.reachedSeqId());
        String position = late.position();
        return Response.json(late.code().httpStatus(), out -> {
            out.writeStartObject();
            out.writeStringField("error", late.code().wireName());
            out.writeStringField("message", late.getMessage());
            out.writeNumberField("wanted_seq_id", late.wantedSeqId());
            out.writeNumberField(position + "_seq_id", late.reachedSeqId());
            out.writeEndObject();
        }).with(switch (position) {
            case "durable" -> Api.DURABLE_SEQ_ID;
            case "linked" -> Api.LINKED_SEQ_ID;
            default -> Api.APPLIED_SEQ_ID;
        }, reached);
    }

    public static Response of(ErrorCode code, @Nullable String message) {
        return of(code, message, 0);
    }

    private static Response of(ErrorCode code, @Nullable String message, int retryAfterSeconds) {
        Response answer = error(code.httpStatus(), code.wireName(), message == null ? "" : message);
        int seconds = retryAfterSeconds(code, retryAfterSeconds);
        if (seconds > 0) {
            return answer.with(RETRY_AFTER, Integer.toString(seconds));
        }
        return code == ErrorCode.UNAUTHENTICATED
                ? answer.with("WWW-Authenticate", "Bearer realm=\"forebay\"")
                : answer;
    }

    private static int retryAfterSeconds(ErrorCode code, int asked) {
        return switch (code) {
            case BACKOFF, UNAVAILABLE, INSUFFICIENT_STORAGE -> Math.max(1, asked);
            default -> 0;
        };
    }

    static Response error(int status, String name, String message) {
        return Response.json(status, out -> {
            out.writeStartObject();
            out.writeStringField("error", name);
            out.writeStringField("message", message);
            out.writeEndObject();
        });
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof TimeoutException) {
            return new ForebayException(ErrorCode.DEADLINE_EXCEEDED,
                    "the time allowed for this request is over", cause);
        }
        return cause;
    }
}
