package io.forebay.server.binary;

import io.forebay.engine.PurgedException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import io.forebay.model.wire.Fields;
import io.forebay.server.http.route.ErrorAnswers;

/** Failures as replies: the statuses, names and messages of HTTP. */
final class Failures {
    private Failures() {}

    /** @param what was asked for: for the log, where a failure is a defect */
    static Reply of(Throwable thrown, String what) {
        Throwable cause = ErrorAnswers.told(thrown, what);
        if (cause instanceof PurgedException purged) {
            return of(ErrorCode.GONE, String.valueOf(purged.getMessage()),
                    fields(ErrorCode.GONE).put("oldest_seq_id", purged.oldestSeqId()));
        }
        ForebayException told = (ForebayException) cause;
        Fields head = fields(told.code());
        if (told instanceof NotReachedException late) {
            head.put("wanted_seq_id", late.wantedSeqId()).put(late.position() + "_seq_id",
                    late.reachedSeqId());
        }
        int seconds = ErrorAnswers.retryAfterSeconds(told);
        if (seconds > 0) {
            head.put("retry_after_seconds", seconds);
        }
        return of(told.code(), String.valueOf(told.getMessage()), head);
    }

    static Reply of(ErrorCode code, String message) {
        return of(code, message, fields(code));
    }

    /** Of the protocol, which has statuses that no operation has. */
    static Reply of(int status, String message) {
        return Reply.failed(status, new Fields().put("error", "ChromaError").put("message", message));
    }

    private static Reply of(ErrorCode code, String message, Fields head) {
        return Reply.failed(code.httpStatus(), head.put("message", message));
    }

    private static Fields fields(ErrorCode code) {
        return new Fields().put("error", code.wireName()).put("code", code.name());
    }
}
