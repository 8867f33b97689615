package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.CollectionStatus;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.LagEncoder;
import io.forebay.server.http.json.StatusEncoder;
import io.forebay.server.http.stream.LagFeed;
import io.forebay.server.http.stream.LagFollowing;
import io.forebay.server.lag.LagHistory;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.lag.LagScope;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The lag of all collections that somebody may see: now, over the last hour, and as it goes on. */
final class LagPages {
    private static final String FAILED = "Failed to deserialize query string: ";
    /** Some 5 MB of answer. */
    private static final int SAMPLES_MAX = 50_000;
    private static final int INTERVAL_MILLIS_MIN = 1_000;
    private static final int INTERVAL_MILLIS_MAX = 60_000;

    private final Forebay engine;
    private final LagFollowing following;
    private final Aside aside;

    LagPages(Forebay engine, LagFollowing following, Aside aside) {
        this.aside = aside;
        this.engine = engine;
        this.following = following;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get("/api/forebay/lag", request -> aside.answer(() -> lag(request)))
                .needs(Access.READ_FILTERED));
        routes.add(Api.get("/api/forebay/lag/stream", this::stream).needs(Access.READ_FILTERED));
    }

    private Response lag(Request request) {
        LagScope scope = scope(request);
        Long since = millis(request.params().text("since"));
        List<CollectionStatus> statuses = engine.statuses().stream().filter(scope::includes)
                .sorted(Comparator.comparing(CollectionStatus::tenant)
                        .thenComparing(CollectionStatus::database).thenComparing(CollectionStatus::name))
                .toList();
        if (scope.collection() != null && statuses.isEmpty()) {
            throw ForebayException.notFound("Collection [" + scope.collection() + "] does not exist");
        }
        if (since == null) {
            return Response.json(200, out -> StatusEncoder.lag(out, statuses));
        }
        LagMonitor monitor = following.events().monitor();
        Set<Integer> numbers = new HashSet<>();
        statuses.forEach(status -> numbers.add(status.number()));
        LagHistory.Window window = monitor.history().since(monitor.secondOf(since), numbers::contains,
                SAMPLES_MAX);
        return Response.json(200, out -> LagEncoder.since(out, statuses, window, monitor, since,
                scope.isAll()));
    }

    private CompletableFuture<Response> stream(Request request) {
        LagScope scope = scope(request);
        Long interval = request.params().i64("interval_millis");
        if (interval != null && (interval < INTERVAL_MILLIS_MIN || interval > INTERVAL_MILLIS_MAX)) {
            throw ForebayException.invalid(FAILED + "interval_millis: must be from " + INTERVAL_MILLIS_MIN
                    + " to " + INTERVAL_MILLIS_MAX);
        }
        LagFeed feed = LagFeed.open(following.events(), scope,
                interval == null ? INTERVAL_MILLIS_MIN : interval.intValue(), following.slots());
        return done(Response.live(feed).with("Cache-Control", "no-store")
                // Or nginx would keep events back until it has a page full of them.
                .with("X-Accel-Buffering", "no"));
    }

    private static LagScope scope(Request request) {
        QueryParams params = request.params();
        return new LagScope(request.who().limits(), params.text("collection"), params.text("tenant"),
                params.text("database"));
    }

    /** Milliseconds since 1970, or a time such as 2026-01-31T12:00:00Z. */
    private static @Nullable Long millis(@Nullable String since) {
        if (since == null) {
            return null;
        }
        try {
            return since.matches("\\d{1,18}")
                    ? Long.parseLong(since)
                    : OffsetDateTime.parse(since).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw ForebayException
                    .invalid(FAILED + "since: neither milliseconds since 1970 nor a time such as"
                            + " 2026-01-31T12:00:00Z: " + since);
        }
    }

    private static CompletableFuture<Response> done(Response response) {
        return CompletableFuture.completedFuture(response);
    }
}
