package io.forebay.server.http.route;

import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.History;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.StoredRecord;
import io.forebay.server.http.json.CommitEncoder;
import io.forebay.server.http.json.ImportDecoder;
import io.forebay.server.http.json.ReadDecoder;
import io.forebay.server.http.json.RecordsEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What imports changed in a collection: its commits, what differs between them, undoing one, reading as of one. */
final class CommitRoutes {
    private static final String COMMITS = Api.COLLECTION + "/commits";
    private static final int LIMIT_DEFAULT = 50;
    private static final int LIMIT_MAX = 1000;
    private static final int ROWS_AT_ONCE = 1000;
    /** Of records as they were: all of an answer is in memory, with vectors. */
    private static final int ROWS_DEFAULT = 1000;
    private static final int ROWS_MAX = 10_000;

    private final ImportApi api;

    CommitRoutes(ImportApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(COMMITS, r -> of(r, () -> log(r))).needs(Access.READ));
        routes.add(Api.get(COMMITS + "/{commit}", r -> of(r, () -> commit(r))).needs(Access.READ));
        routes.add(Api.get(Api.COLLECTION + "/diff", r -> of(r, () -> diff(r))).needs(Access.READ));
        routes.add(Api.post(COMMITS + "/{commit}/revert", r -> revert(r, r.variable("commit")))
                .needs(Access.WRITE).audited("commit.revert"));
        routes.add(Api.post(Api.COLLECTION + "/revert", r -> revert(r, null)).needs(Access.WRITE)
                .audited("commit.revert"));
    }

    /** Of a collection that is there. */
    private CompletableFuture<Response> of(Request request, Supplier<Response> work) {
        api.isOn();
        api.engine().collection(Api.collectionId(request));
        return api.answer(work);
    }

    private Response log(Request request) {
        Integer from = request.params().u32("offset");
        int offset = from == null ? 0 : from;
        History.Page page = api.imports().history().log(Api.collectionId(request), offset, limit(request));
        return Response.json(200, out -> CommitEncoder.page(out, page, offset));
    }

    private static int limit(Request request) {
        Integer limit = request.params().u32("limit");
        return limit == null ? LIMIT_DEFAULT : Math.min(limit, LIMIT_MAX);
    }

    private Response commit(Request request) {
        CommitInfo commit = api.imports().history().commit(Api.collectionId(request),
                request.variable("commit"));
        return Response.json(200, out -> CommitEncoder.write(out, commit));
    }

    private Response diff(Request request) {
        QueryParams params = request.params();
        String to = params.text("to");
        if (to == null) {
            throw ForebayException.invalid("Failed to deserialize query string: missing field `to`");
        }
        int limit = Math.max(1, limit(request));
        List<History.RowDiff> rows = api.imports().history().diff(Api.collectionId(request),
                params.text("from"), to, params.text("after"), limit);
        return Response.json(200, out -> CommitEncoder.diff(out, rows, rows.size() == limit));
    }

    private CompletableFuture<Response> revert(Request request, @Nullable String named) {
        api.isOn();
        ImportDecoder.Revert asked = request.length() == 0
                ? ImportDecoder.Revert.DEFAULT
                : request.json(ImportDecoder::revert);
        String commit = named == null ? asked.commit() : named;
        if (commit == null || named != null && asked.commit() != null && !named.equals(asked.commit())) {
            throw ImportFields.unprocessable(commit == null
                    ? "missing field commit"
                    : "field commit is another one than that of the address");
        }
        String message = ImportFields.note("message", asked.message());
        String author = ImportFields.note("author", asked.author());
        return of(request, () -> {
            api.imports().checkMaySubmit(request.client());
            return UploadRoutes.accepted(api.imports().revert(Api.collectionId(request), commit,
                    asked.force(), message, author, request.client()));
        });
    }

    /** A get of the records as they were at a commit. */
    CompletableFuture<Response> get(Request request, ReadDecoder.Get get, String commit) {
        api.isOn();
        if (get.request().where() != null) {
            throw ImportFields.unprocessable("as_of is not supported together with where or where_document:"
                    + " only the records of today are indexed for filters");
        }
        List<String> wanted = get.request().ids();
        int ids = wanted == null ? 0 : wanted.size();
        Integer limit = get.request().limit();
        if (ids > ROWS_MAX || limit != null && limit > ROWS_MAX) {
            throw ImportFields.unprocessable("as_of gives " + ROWS_MAX + " records a request at most, not "
                    + (ids > ROWS_MAX ? ids + " by their ids" : limit) + ": go on with offset");
        }
        return of(request, () -> {
            List<StoredRecord> rows = rows(Api.collectionId(request), commit, get.request());
            return Response.json(200, out -> RecordsEncoder.get(out, rows, get.include()));
        });
    }

    private List<StoredRecord> rows(UUID collection, String commit, GetRequest get) {
        History history = api.imports().history();
        long skip = get.offset();
        int most = get.limit() != null ? get.limit() : get.ids() != null ? ROWS_MAX : ROWS_DEFAULT;
        List<StoredRecord> found = new ArrayList<>();
        if (get.ids() != null) {
            return history.rows(collection, commit, get.ids(), null, Integer.MAX_VALUE).stream().skip(skip)
                    .limit(most).toList();
        }
        String pinned = history.commit(collection, commit).id(); // main may move between two pages
        String after = null;
        while (found.size() < most) {
            List<StoredRecord> page = history.rows(collection, pinned, null, after, ROWS_AT_ONCE);
            for (StoredRecord row : page) {
                after = row.id();
                if (skip > 0) {
                    skip--;
                } else if (found.size() < most) {
                    found.add(row);
                }
            }
            if (page.size() < ROWS_AT_ONCE) {
                break;
            }
        }
        return found;
    }
}
