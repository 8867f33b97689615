package io.forebay.server.ops;

import io.forebay.engine.Health;
import io.forebay.server.auth.Rates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of each thing that the ports of a server need to be run by people. Made before the store is opened, closed after
 * everything else that uses it.
 *
 * <p>Threads: any; its own is {@code ops}, where something needs it.
 */
public final class ServerOps implements AutoCloseable {
    private final Readiness readiness;
    private final RequestLog requests;
    private final RateLimits rates;
    private final AuditLog audit;
    private final @Nullable TlsKeys tls;
    private final @Nullable TlsKeys binaryTls;
    private final @Nullable ScheduledExecutorService thread;

    /** @param file null for none */
    public record Audit(@Nullable Path file, long bytesMax, int filesMax) {
        public static final Audit OFF = new Audit(null, 1, 1);
    }

    private ServerOps(Readiness readiness, RequestLog requests, RateLimits rates, AuditLog audit,
            @Nullable TlsKeys tls, @Nullable TlsKeys binaryTls, @Nullable ScheduledExecutorService thread) {
        this.readiness = readiness;
        this.requests = requests;
        this.rates = rates;
        this.audit = audit;
        this.tls = tls;
        this.binaryTls = binaryTls;
        this.thread = thread;
    }

    /** Ready, without logs, limits, certificates and threads. */
    public static ServerOps none() {
        return new ServerOps(Readiness.serving(), new RequestLog(0, false), new RateLimits(Rates.NONE),
                AuditLog.OFF, null, null, null);
    }

    /**
     * @param tls       of the HTTP port, null for plain HTTP
     * @param binaryTls of the binary port, null for none
     */
    public static ServerOps open(Readiness readiness, RequestLog requests, Rates rates, Audit audit,
            @Nullable TlsKeys tls, @Nullable TlsKeys binaryTls) {
        ScheduledExecutorService thread = OpsThreads.one();
        AuditLog log = audit.file() == null
                ? AuditLog.OFF
                : AuditLog.at(audit.file(), audit.bytesMax(), audit.filesMax(), thread);
        thread.scheduleWithFixedDelay(requests::flush, 1, 1, TimeUnit.SECONDS);
        if (tls != null) {
            tls.watch(thread);
        }
        if (binaryTls != null && binaryTls != tls) {
            binaryTls.watch(thread);
        }
        return new ServerOps(readiness, requests, new RateLimits(rates), log, tls, binaryTls, thread);
    }

    public Readiness readiness() {
        return readiness;
    }

    public RequestLog requests() {
        return requests;
    }

    public RateLimits rates() {
        return rates;
    }

    public AuditLog audit() {
        return audit;
    }

    public @Nullable TlsKeys tls() {
        return tls;
    }

    public @Nullable TlsKeys binaryTls() {
        return binaryTls;
    }

    /** The engine's health and what else needs attention. */
    public Health with(Health engine) {
        List<String> more = new ArrayList<>(engine.reasons());
        add(more, audit.trouble());
        add(more, tls == null ? null : tls.trouble());
        if (binaryTls != tls) {
            add(more, binaryTls == null ? null : binaryTls.trouble());
        }
        if (more.size() == engine.reasons().size()) {
            return engine;
        }
        return new Health(engine.status() == Health.Status.GREEN ? Health.Status.YELLOW : engine.status(),
                more);
    }

    private static void add(List<String> reasons, @Nullable String reason) {
        if (reason != null) {
            reasons.add(reason);
        }
    }

    @Override
    public void close() {
        requests.flush();
        audit.close();
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
