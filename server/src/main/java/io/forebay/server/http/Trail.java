package io.forebay.server.http;

import io.forebay.server.auth.Principal;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.Response;
import io.forebay.server.ops.Asked;
import io.forebay.server.ops.AuditLog;
import io.forebay.server.ops.Notes;
import io.forebay.server.ops.RequestIds;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What one request leaves in headers, logs and metrics: its name, its trace, who asked, how long it took.
 *
 * <p>Threads: the connection's event loop; while a handler begins its work the log of that thread names the request, and
 * again while its failure is told.
 */
public final class Trail {
    /** Of no request at all. */
    static final Trail NONE = new Trail("", null, "", null);
    private static final String CHROMA_TRACE = "chroma-trace-id";
    private static final int UNAUTHENTICATED = 401;

    private final String id;
    private final @Nullable String traceId;
    private final String from;
    private final @Nullable Channel channel;
    private final long startNanos = System.nanoTime();
    private final Notes notes = new Notes();
    private boolean isReached;

    private Trail(String id, @Nullable String traceId, String from, @Nullable Channel channel) {
        this.channel = channel;
        this.id = id;
        this.traceId = traceId;
        this.from = from;
    }

    static Trail of(Channel channel, HttpRequest request) {
        return new Trail(RequestIds.of(request.headers().get(RequestIds.HEADER)),
                RequestIds.traceId(request.headers().get(RequestIds.TRACE_HEADER)), address(channel),
                channel);
    }

    /** Empty where it is not known. */
    public static String address(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "";
    }

    Notes notes() {
        return notes;
    }

    /** Nobody waits for the answer any more. Whoever only sends no more still waits. */
    boolean isGone() {
        return channel != null && !channel.isActive();
    }

    String from() {
        return from;
    }

    /** A handler got it; else it was refused before, for what its head says. */
    void reached() {
        isReached = true;
    }

    /** The thread's log names this request until what is returned is closed. */
    Named named(Verdict verdict) {
        MDC.put("request_id", id);
        MDC.put("route", verdict.template());
        if (traceId != null) {
            MDC.put("trace_id", traceId);
        }
        if (!verdict.who().id().isEmpty()) {
            MDC.put("token", verdict.who().id());
        }
        return MDC::clear;
    }

    /** While the log names a request. */
    interface Named extends AutoCloseable {
        @Override
        void close();
    }

    void stamp(HttpHeaders answer) {
        answer.set(RequestIds.HEADER, id);
        if (traceId != null && answer.contains(CHROMA_TRACE)) {
            answer.set(CHROMA_TRACE, traceId);
        }
    }

    void answered(ServerContext server, Verdict verdict, HttpRequest request, int status, Response response) {
        long nanos = System.nanoTime() - startNanos;
        String method = request.method().name();
        server.metrics().answered(verdict.template(), method, status, nanos);
        ServerOps ops = server.ops();
        RequestLog requests = ops.requests();
        AuditLog audit = ops.audit();
        String action = verdict.route() == null ? null : verdict.route().action();
        boolean stranger = audit.isOn() && status == UNAUTHENTICATED;
        boolean audited = audit.isOn() && action != null && !stranger;
        boolean logged = requests.wants(verdict.template(), nanos);
        if (!audited && !stranger && !logged) {
            return;
        }
        verdict.variables().forEach(notes::put);
        Asked asked = asked(server, verdict, method, status, nanos, response);
        if (logged) {
            requests.answered(asked);
        }
        if (audited && action != null && !isReached) {
            audit.refused(action, asked);
        } else if (audited && action != null) {
            String made = response.header("Location");
            if (made != null) {
                notes.put("location", made);
            }
            audit.answered(action, asked);
        } else if (stranger) {
            audit.refused(asked);
        }
    }

    private Asked asked(ServerContext server, Verdict verdict, String method, int status, long nanos,
            Response response) {
        Principal who = verdict.who();
        return new Asked(method, verdict.template(), id, traceId,
                server.nameOf().apply(verdict.variables()), who, from, status, nanos,
                response.header(Api.PLAN), response.header(Api.TIMING), notes);
    }
}
