package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.DeadLetterEncoder;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Entries that could not be applied: what they are, writing them again, discarding them. */
final class DeadLetterRoutes {
    private static final String ALL = Api.COLLECTION + "/dead_letters";
    private static final String ONE = ALL + "/{min_seq_id}";
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1000;

    private final Forebay engine;

    DeadLetterRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(ALL, this::list).needs(Access.READ));
        routes.add(Api.of(HttpMethod.POST, ALL + "/retry", false, this::retryAll).needs(Access.WRITE)
                .audited("dead_letters.retry"));
        routes.add(Api.of(HttpMethod.DELETE, ALL, false, this::discardAll).needs(Access.WRITE)
                .audited("dead_letters.discard"));
        routes.add(Api.of(HttpMethod.POST, ONE + "/retry", false, this::retry).needs(Access.WRITE)
                .audited("dead_letters.retry"));
        routes.add(Api.of(HttpMethod.DELETE, ONE, false, this::discard).needs(Access.WRITE)
                .audited("dead_letters.discard"));
    }

    private CompletableFuture<Response> list(Request request) {
        UUID collection = Api.collectionId(request);
        Integer offset = request.params().u32("offset");
        Integer limit = request.params().u32("limit");
        return engine.deadLetters(collection, offset == null ? 0 : offset,
                limit == null ? LIMIT_DEFAULT : Math.min(limit, LIMIT_MAX)).thenApply(letters -> {
                    long total = engine.status(collection).parkedEntries();
                    return Response.json(200, out -> DeadLetterEncoder.list(out, total, letters));
                });
    }

    private CompletableFuture<Response> retry(Request request) {
        return engine.retryDeadLetter(Api.collectionId(request), letter(request),
                RecordRoutes.writeOptions(request)).thenApply(ack -> RecordRoutes.acked(Response.ok(), ack));
    }

    private CompletableFuture<Response> retryAll(Request request) {
        return engine.retryDeadLetters(Api.collectionId(request), RecordRoutes.writeOptions(request))
                .thenApply(acks -> {
                    Response answer = Response.json(200,
                            out -> DeadLetterEncoder.retried(out, acks.size()));
                    return acks.isEmpty() ? answer : RecordRoutes.acked(answer, acks.getLast());
                });
    }

    private CompletableFuture<Response> discard(Request request) {
        return engine.discardDeadLetter(Api.collectionId(request), letter(request))
                .thenApply(done -> Response.ok());
    }

    private CompletableFuture<Response> discardAll(Request request) {
        return engine.discardDeadLetters(Api.collectionId(request)).thenApply(
                count -> Response.json(200, out -> DeadLetterEncoder.discarded(out, count)));
    }

    private static long letter(Request request) {
        String text = request.variable("min_seq_id");
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException noNumber) {
            throw ForebayException.invalid("A dead letter is named by its min_seq_id, got [" + text + "]");
        }
    }
}
