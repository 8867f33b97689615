package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.ops.ServerOps;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The table of everything that the server answers, and what the resources share. */
public final class Api {
    static final String DURABILITY = "Forebay-Durability";
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String REPLAYED = "Forebay-Replayed";
    public static final String PLAN = "Forebay-Plan";
    /** Where a read's time went, as browsers show it: see {@code ReadTimes}. */
    public static final String TIMING = "Server-Timing";
    static final String SEQ_ID = "Forebay-Seq-Id";
    /** Which state of the collection a read's answer shows. */
    static final String APPLIED_SEQ_ID = "Forebay-Applied-Seq-Id";
    static final String DURABLE_SEQ_ID = "Forebay-Durable-Seq-Id";
    static final String LINKED_SEQ_ID = "Forebay-Linked-Seq-Id";
    static final String MIN_SEQ_ID = "Forebay-Min-Seq-Id";
    /** For reads whose path or client has no room for the query parameter of the same meaning, which goes before it. */
    static final String READ_LEVEL = "Forebay-Read-Level";
    static final String TIMEOUT_MILLIS = "Forebay-Timeout-Millis";

    static final String DATABASES = "/api/v2/tenants/{tenant}/databases";
    static final String DATABASE = DATABASES + "/{database}";
    static final String COLLECTIONS = DATABASE + "/collections";
    /** By id: whose database it is in is asked before, see {@link Access.Scope#PATH}. */
    static final String COLLECTION = COLLECTIONS + "/{collection}";
    static final String COLLECTION_BY_NAME = COLLECTIONS + "/{name}";

    private static final int UUID_LENGTH = 36;
    /** Longest wait that a request may ask for. */
    public static final long TIMEOUT_MILLIS_MAX = 24L * 60 * 60 * 1000;

    private Api() {}

    /**
     * @param maxBatchSize advertised to clients, which split by it
     * @param scrape       the text of {@code /metrics}
     * @param feeds        bounds the change feeds
     * @param watching     what those are shown who look on
     */
    public static List<Route> routes(Forebay engine, boolean allowReset, int maxBatchSize,
            Supplier<String> scrape, FeedSlots feeds, Watching watching, Executor threads) {
        return routes(engine, allowReset, maxBatchSize, scrape, feeds, watching, threads,
                threads,
                ImportApi.of(null, engine, threads, threads, 1), ServerOps.none(),
                new BackupApi(null, threads));
    }

    /**
     * @param probes  one thread, which looks at health and does nothing else
     * @param imports the import service, or that there is none
     * @param ops     whether the server is ready, and what else health must tell
     * @param backups of the store, or that there are none
     */
    public static List<Route> routes(Forebay engine, boolean allowReset, int maxBatchSize,
            Supplier<String> scrape, FeedSlots feeds, Watching watching, Executor threads, Executor probes,
            ImportApi imports, ServerOps ops, BackupApi backups) {
        Aside aside = new Aside(threads);
        List<Route> routes = new ArrayList<>();
        new SystemRoutes(engine, allowReset, maxBatchSize, scrape, aside, ops,
                new HealthLook(engine, ops, probes)).addTo(routes);
        new TenantRoutes(engine).addTo(routes);
        new CollectionRoutes(engine).addTo(routes);
        CommitRoutes commits = new CommitRoutes(imports);
        RecordRoutes records = new RecordRoutes(engine, commits);
        records.addTo(routes);
        new SearchRoutes(engine).addTo(routes);
        new LagRoutes(engine).addTo(routes);
        new LagPages(engine, watching.lag(), aside).addTo(routes);
        new OverviewRoutes(engine, imports, watching, aside, ops).addTo(routes);
        new DeadLetterRoutes(engine).addTo(routes);
        new V1Routes(engine, records).addTo(routes);
        new ChangeRoutes(engine, feeds).addTo(routes);
        new DocsRoutes().addTo(routes);
        new ConsoleRoutes().addTo(routes);
        LaterRoutes.addTo(routes);
        commits.addTo(routes);
        new UploadRoutes(imports).addTo(routes);
        new JobRoutes(imports).addTo(routes);
        new BackupRoutes(backups).addTo(routes);
        new EmbedRoutes(imports).addTo(routes);
        new PreviewRoutes(imports).addTo(routes);
        return routes;
    }

    static Route get(String template, Handler handler) {
        return new Route(HttpMethod.GET, template, false, handler);
    }

    static Route post(String template, Handler handler) {
        return new Route(HttpMethod.POST, template, true, handler);
    }

    static Route of(HttpMethod method, String template, boolean takesJson, Handler handler) {
        return new Route(method, template, takesJson, handler);
    }

    /** The id in the path of a record route. */
    static UUID collectionId(Request request) {
        return uuid(request.variable("collection"), "Collection ID is not a valid UUIDv4");
    }

    /** Null for what is no id. */
    public static @Nullable UUID idOf(@Nullable String text) {
        try {
            return text == null ? null : uuid(text, "");
        } catch (ForebayException none) {
            return null;
        }
    }

    /** Stricter than the JDK, which also reads {@code 1-1-1-1-1}; takes the form without hyphens as Chroma does. */
    static UUID uuid(String text, String otherwise) {
        String hyphenated = text.length() == UUID_LENGTH - 4
                ? text.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
                : text;
        if (hyphenated.length() == UUID_LENGTH && hyphenated.charAt(8) == '-' && hyphenated.charAt(13) == '-'
                && hyphenated.charAt(18) == '-' && hyphenated.charAt(23) == '-') {
            try {
                return UUID.fromString(hyphenated);
            } catch (IllegalArgumentException e) {
                // Told below.
            }
        }
        throw ForebayException.invalid(otherwise);
    }

    /** Level and session consistency of a read, from the query string and the headers; no level for the collection's. */
    static ReadOptions readOptions(Request request) {
        String named = request.params().text("read_level");
        String header = request.header(READ_LEVEL);
        ReadLevel level = null;
        if (named != null) {
            level = ReadLevel.parse(named, "Failed to deserialize query string: read_level");
        } else if (header != null) {
            level = ReadLevel.parse(header.strip(), "Header " + READ_LEVEL);
        }
        return new ReadOptions(level, request.number(MIN_SEQ_ID, 0), timeoutMillis(request))
                .untilGone(request.gone());
    }

    /** 0 when the request does not say. */
    static long timeoutMillis(Request request) {
        return Math.min(TIMEOUT_MILLIS_MAX, request.number(TIMEOUT_MILLIS, 0));
    }
}
