package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.engine.Health;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.json.IdentityEncoder;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.json.StatusEncoder;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.ServerOps;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What is asked of the server itself: is it there, which version, is it well, what does it count. */
final class SystemRoutes {
    /** Chroma's constant; its clients choose their protocol by it. */
    private static final String VERSION = "1.0.0";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Forebay engine;
    private final boolean allowReset;
    private final int maxBatchSize;
    private final Supplier<String> scrape;
    private final Aside aside;
    private final ServerOps ops;
    private final HealthLook look;

    SystemRoutes(Forebay engine, boolean allowReset, int maxBatchSize, Supplier<String> scrape,
            Aside aside, ServerOps ops, HealthLook look) {
        this.engine = engine;
        this.allowReset = allowReset;
        this.maxBatchSize = maxBatchSize;
        this.scrape = scrape;
        this.aside = aside;
        this.ops = ops;
        this.look = look;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get("/api/v2", r -> done(heartbeat())).needs(Access.OPEN));
        routes.add(Api.get("/api/v2/heartbeat", r -> done(heartbeat())).needs(Access.OPEN));
        routes.add(Api.get("/api/v2/healthcheck", r -> look.ask().thenApply(SystemRoutes::healthcheck))
                .needs(Access.OPEN));
        routes.add(Api.get("/api/v2/version", r -> done(json(out -> out.writeString(VERSION))))
                .needs(Access.OPEN));
        routes.add(Api.get("/api/v2/pre-flight-checks", r -> done(preFlight())).needs(Access.OPEN));
        routes.add(
                Api.get("/api/v2/auth/identity", r -> done(identity(r.who()))).needs(Access.READ_FILTERED));
        routes.add(Api.of(HttpMethod.POST, "/api/v2/reset", false, r -> reset()).needs(Access.ADMIN_SERVER)
                .audited("server.reset"));
        routes.add(Api.get(Probes.LIVE, r -> done(Probes.live())).needs(Access.OPEN));
        routes.add(Api.get(Probes.READY, r -> readyz(r.who())).needs(Access.OPEN));
        routes.add(Api.get(Probes.HEALTH, r -> look.ask().thenApply(health -> healthz(health, r.who())))
                .needs(Access.OPEN));
        routes.add(
                Api.get("/metrics", r -> aside.answer(() -> Response.text(200, METRICS_TYPE, scrape.get())))
                        .needs(Access.READ_SERVER));
    }

    private static Response heartbeat() {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return json(out -> {
            out.writeStartObject();
            out.writeNumberField("nanosecond heartbeat", nanos);
            out.writeEndObject();
        });
    }

    private static Response healthcheck(Health health) {
        boolean ready = health.status() != Health.Status.RED;
        return Response.json(ready ? 200 : 503, out -> {
            out.writeStartObject();
            out.writeBooleanField("is_executor_ready", true);
            out.writeBooleanField("is_log_client_ready", ready);
            out.writeEndObject();
        });
    }

    /** The reasons name collections, so they are for those who may see all of them. */
    private static Response healthz(Health all, Principal who) {
        Health health = who.limits().allowEverything() ? all : new Health(all.status(), List.of());
        return Response.json(health.status() == Health.Status.RED ? 503 : 200,
                out -> StatusEncoder.health(out, health));
    }

    /** Does not ask the engine where it need not: a server that stops, or one that is stuck, answers too. */
    private CompletableFuture<Response> readyz(Principal who) {
        Readiness.Phase phase = ops.readiness().phase();
        return phase == Readiness.Phase.SERVING
                ? look.ask().thenApply(health -> Probes.ready(health, who.limits().allowEverything()))
                : done(Probes.notReady(phase));
    }

    private Response preFlight() {
        return json(out -> {
            out.writeStartObject();
            out.writeNumberField("max_batch_size", maxBatchSize);
            out.writeBooleanField("supports_base64_encoding", true);
            out.writeEndObject();
        });
    }

    private static Response identity(Principal who) {
        return json(out -> IdentityEncoder.write(out, who));
    }

    private CompletableFuture<Response> reset() {
        if (!allowReset) {
            throw new ForebayException(ErrorCode.PERMISSION_DENIED, "Reset is disabled by config");
        }
        return engine.reset().thenApply(done -> json(out -> out.writeBoolean(true)));
    }

    private static Response json(Json.Encoder encoder) {
        return Response.json(200, encoder);
    }

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }
}
