package io.forebay.server.binary;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.forebay.server.auth.Principal;
import io.forebay.server.ops.Asked;
import io.forebay.server.ops.Notes;
import io.forebay.server.ops.RequestLog;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lines in the log for frames that took long, or for all: they say what those of HTTP say. A call is told under the
 * route that it led to.
 *
 * <p>Threads: event loops; nothing waits.
 */
record FrameLog(RequestLog lines, Forebay engine) {
    void answered(FrameHeader header, FrameType type, Principal who, String from, Reply reply, long nanos) {
        Called called = reply.called();
        String route = called == null ? type.name().toLowerCase(Locale.ROOT) : called.route();
        if (!lines.wants(route, nanos)) {
            return;
        }
        Notes notes = called == null ? new Notes() : called.notes();
        if (!header.collection().equals(FrameHeader.NONE)) {
            notes.put("collection", header.collection());
        }
        notes.put("frame_bytes", header.frameBytes());
        lines.answered(new Asked(called == null ? "binary" : "CALL " + called.method(), route,
                Long.toString(header.requestId()), called == null ? null : called.traceId(),
                name(header.collection()), who, from, reply.status(), nanos,
                called == null ? reply.head().text("plan") : called.plan(),
                called == null ? reply.head().text("timing") : called.stages(), notes));
    }

    /** Null when there is none, or none any more. */
    private @Nullable String name(UUID collection) {
        try {
            return collection.equals(FrameHeader.NONE) ? null : engine.collection(collection).name();
        } catch (ForebayException gone) {
            return null;
        }
    }
}
