package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.model.Include;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.OpenFeed;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The change feed of a collection: an answer without an end. */
final class ChangeRoutes {
    static final String FROM_SEQ_ID = "Forebay-From-Seq-Id";
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final Set<Include> FIELDS = EnumSet.of(Include.EMBEDDINGS, Include.METADATAS,
            Include.DOCUMENTS, Include.URIS);

    private final Forebay engine;
    private final FeedSlots slots;

    ChangeRoutes(Forebay engine, FeedSlots slots) {
        this.engine = engine;
        this.slots = slots;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(Api.COLLECTION + "/changes", this::changes).needs(Access.READ));
    }

    private CompletableFuture<Response> changes(Request request) {
        QueryParams params = request.params();
        Long from = params.i64("from_seq_id");
        if (request.header(LAST_EVENT_ID) != null) {
            from = behind(request.number(LAST_EVENT_ID, 0));
        }
        Set<Include> include = include(params.text("include"));
        UUID collection = Api.collectionId(request);
        OpenFeed feed = OpenFeed.open(engine, collection, from, isBinary(request), include, slots);
        return CompletableFuture.completedFuture(Response.live(feed)
                .with(FROM_SEQ_ID, Long.toString(feed.fromSeqId()))
                .with("Cache-Control", "no-store")
                // Or nginx would keep events back until it has a page full of them.
                .with("X-Accel-Buffering", "no"));
    }

    private static long behind(long seqId) {
        if (seqId == Long.MAX_VALUE) {
            throw ForebayException.invalid("Header " + LAST_EVENT_ID + ": there is no seqId behind " + seqId);
        }
        return seqId + 1;
    }

    private static boolean isBinary(Request request) {
        String accept = request.header(HttpHeaderNames.ACCEPT.toString());
        return accept != null && accept.toLowerCase(Locale.ROOT).contains(OpenFeed.BINARY);
    }

    /** Names between commas; all when it is missing, none when it is empty. */
    private static Set<Include> include(@Nullable String list) {
        if (list == null) {
            return FIELDS;
        }
        Set<Include> include = EnumSet.noneOf(Include.class);
        for (String name : list.split(",")) {
            if (!name.isEmpty()) {
                include.add(field(name));
            }
        }
        return include;
    }

    private static Include field(String name) {
        for (Include field : FIELDS) {
            if (field.wireName().equals(name)) {
                return field;
            }
        }
        throw ForebayException.invalid("Failed to deserialize query string: include: unknown variant `" + name
                + "`, expected one of `documents`, `embeddings`, `metadatas`, `uris`");
    }
}
