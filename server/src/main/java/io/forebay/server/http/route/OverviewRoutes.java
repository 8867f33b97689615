package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.server.Version;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.json.OverviewEncoder;
import io.forebay.server.http.stream.OverviewEvents;
import io.forebay.server.http.stream.PulledContent;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.overview.Overview;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How the whole server does, now and as it goes on, and what its log consists of: for who may see all of it. */
final class OverviewRoutes {
    private static final int INTERVAL_MILLIS_MIN = 1_000;
    private static final int INTERVAL_MILLIS_MAX = 60_000;

    private final Forebay engine;
    private final ImportApi imports;
    private final Watching watching;
    private final Aside aside;
    private final OverviewEvents events;
    private final ServerOps ops;

    OverviewRoutes(Forebay engine, ImportApi imports, Watching watching, Aside aside, ServerOps ops) {
        this.ops = ops;
        this.engine = engine;
        this.imports = imports;
        this.watching = watching;
        this.aside = aside;
        this.events = new OverviewEvents(monitor(), this::encoded);
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get("/api/forebay/overview", request -> aside.answer(this::overview))
                .needs(Access.READ_SERVER));
        routes.add(Api.get("/api/forebay/overview/stream", this::stream).needs(Access.READ_SERVER));
        routes.add(Api.get("/api/forebay/log", request -> aside.answer(this::log)).needs(Access.READ_SERVER));
    }

    private LagMonitor monitor() {
        return watching.lag().events().monitor();
    }

    private Overview now() {
        return Overview.of(engine, imports.service() == null ? null : imports.imports(), watching.overview(),
                monitor().store(), watching.connections().getAsInt(), ops);
    }

    private Response overview() {
        Overview now = now();
        return Response.json(200, out -> OverviewEncoder.write(out, now, Version.text()));
    }

    private byte[] encoded() throws IOException {
        Overview now = now();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        Json.encode(bytes, out -> OverviewEncoder.write(out, now, Version.text()));
        return bytes.toByteArray();
    }

    private CompletableFuture<Response> stream(Request request) {
        Long interval = request.params().i64("interval_millis");
        if (interval != null && (interval < INTERVAL_MILLIS_MIN || interval > INTERVAL_MILLIS_MAX)) {
            throw ForebayException
                    .invalid("Failed to deserialize query string: interval_millis: must be from "
                            + INTERVAL_MILLIS_MIN + " to " + INTERVAL_MILLIS_MAX);
        }
        PulledContent content = PulledContent.open("text/event-stream", watching.streams(),
                events.follower(interval == null ? INTERVAL_MILLIS_MIN : interval.intValue()));
        return CompletableFuture.completedFuture(Response.live(content).with("Cache-Control", "no-store")
                // Or nginx would keep events back until it has a page full of them.
                .with("X-Accel-Buffering", "no"));
    }

    private Response log() {
        return Response.json(200, out -> OverviewEncoder.log(out, engine.stats(),
                engine.options().logBytesMax(), engine.logExtents()));
    }
}
