package io.forebay.server.migrate;

import io.forebay.client.CollectionClient;
import io.forebay.client.CollectionLag;
import io.forebay.client.Filter;
import io.forebay.client.ForebayClient;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.ReadOptions;
import io.forebay.server.http.json.AnswerDecoder;
import io.forebay.server.http.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The server to copy from: Chroma's own, by its interface v2 or the older v1, or a Forebay, over HTTP or the binary
 * protocol.
 *
 * <p>Records are asked for by their ids, which are asked for before: the cost of a page is then the same at any depth (an
 * offset makes Chroma step over all records before it), and records that are added or deleted meanwhile move nothing.
 * Chroma answers in the order of first insertion, whatever the order of the ids.
 *
 * <p>Threads: any number.
 *
 * <p>Failure: {@link ForebayException}; what passes is tried again by the client, as long as the patience lasts.
 */
public final class ServerSource implements AutoCloseable {
    /** Which interface it has. */
    public enum Kind {
        CHROMA_V1, CHROMA, FOREBAY
    }

    private static final int LIST_PAGE = 1_000;
    private static final String ALL = ",\"include\":[\"embeddings\",\"documents\",\"metadatas\",\"uris\"]}";

    private final ServerAddress address;
    private final ForebayClient client;
    private final Kind kind;
    private final boolean isBinary;
    /** For records over the binary protocol. */
    private final Map<Place, ForebayClient> clients = new ConcurrentHashMap<>();
    private final Map<UUID, CollectionClient> handles = new ConcurrentHashMap<>();

    private ServerSource(ServerAddress address) {
        this.address = address;
        isBinary = address.uri().getScheme().startsWith("forebay");
        // Who is not there at all is told at once.
        try (ForebayClient probe = address.impatient()) {
            kind = isBinary ? ofBinary(probe) : found(probe);
            Calls.checkToken(probe);
        }
        client = builder().build();
    }

    public static ServerSource connect(ServerAddress address) {
        return new ServerSource(address);
    }

    private ForebayClient.Builder builder() {
        return address.patient();
    }

    private static Kind ofBinary(ForebayClient probe) {
        probe.heartbeat();
        return Kind.FOREBAY;
    }

    private static Kind found(ForebayClient probe) {
        try {
            Calls.waited(probe.callAsync("GET", "/api/v2/heartbeat", null, true));
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.UNAUTHENTICATED
                    || e.code() == ErrorCode.PERMISSION_DENIED || e.code() == ErrorCode.DEADLINE_EXCEEDED) {
                throw e;
            }
            Calls.waited(probe.callAsync("GET", "/api/v1/heartbeat", null, true));
            return Kind.CHROMA_V1;
        }
        return Calls.isForebay(probe) ? Kind.FOREBAY : Kind.CHROMA;
    }

    public Kind kind() {
        return kind;
    }

    /** For people. */
    public String about() {
        return switch (kind) {
            case CHROMA -> "Chroma";
            case CHROMA_V1 -> "Chroma (interface v1)";
            case FOREBAY -> "Forebay";
        } + " at " + address.uri();
    }

    // ---- what there is ----

    /**
     * The databases, in order.
     *
     * @param tenants   empty for the default one, of a Forebay also all that have collections
     * @param databases empty for all
     */
    public List<Place> places(Collection<String> tenants, Collection<String> databases) {
        TreeSet<Place> places = new TreeSet<>();
        for (String tenant : tenants.isEmpty() ? knownTenants() : tenants) {
            List<String> known = databasesOf(tenant);
            if (known.isEmpty() && tenants.contains(tenant)) {
                throw ForebayException.notFound("the tenant " + tenant + " has no databases at " + about());
            }
            // The old interface has no list of them.
            (kind == Kind.CHROMA_V1 && !databases.isEmpty() ? databases : known).stream()
                    .filter(database -> databases.isEmpty() || databases.contains(database))
                    .forEach(database -> places.add(new Place(tenant, database)));
        }
        for (String database : databases) {
            if (places.stream().noneMatch(place -> place.database().equals(database))) {
                throw ForebayException.notFound("there is no database " + database + " at " + about());
            }
        }
        return List.copyOf(places);
    }

    private Collection<String> knownTenants() {
        TreeSet<String> tenants = new TreeSet<>(List.of(Database.DEFAULT_TENANT));
        if (kind == Kind.FOREBAY) {
            try {
                client.lag().stream().map(CollectionLag::tenant).forEach(tenants::add);
            } catch (ForebayException e) {
                if (e.code() != ErrorCode.PERMISSION_DENIED) {
                    throw e;
                }
                // A token with limits sees what it is told to see.
            }
        }
        return tenants;
    }

    private List<String> databasesOf(String tenant) {
        if (kind == Kind.CHROMA_V1) {
            return List.of(Database.DEFAULT_DATABASE);
        }
        byte[] body = get("/api/v2/tenants/" + segment(tenant) + "/databases");
        return Json.decode(body, body.length, in -> AnswerDecoder.names(in, "name"));
    }

    /** All of them, as the server orders them. */
    public List<SourceCollection> collections(Place place) {
        List<SourceCollection> all = new ArrayList<>();
        List<AnswerDecoder.Described> page;
        do {
            byte[] body = get(collectionsOf(place) + (kind == Kind.CHROMA_V1 ? "&" : "?") + "limit="
                    + LIST_PAGE + "&offset=" + all.size());
            page = Json.decode(body, body.length, AnswerDecoder::collections);
            page.forEach(one -> all.add(described(place, one)));
        } while (page.size() == LIST_PAGE);
        return all;
    }

    private static SourceCollection described(Place place, AnswerDecoder.Described one) {
        return new SourceCollection(place, one.id(), one.name(), one.metadata(), one.config(),
                one.dimension());
    }

    public int count(SourceCollection collection) {
        return Integer.parseInt(
                new String(get(path(collection) + "/count"), StandardCharsets.UTF_8).strip());
    }

    // ---- records ----

    /** The ids of the records from this offset on, in the order of their first insertion. */
    public CompletableFuture<List<String>> ids(SourceCollection collection, long offset, int limit) {
        String body = "{\"include\":[],\"limit\":" + limit + ",\"offset\":" + offset + "}";
        return client.callAsync("POST", path(collection) + "/get", body, true)
                .thenApply(answer -> Json.decode(answer, answer.length, AnswerDecoder::ids));
    }

    /** All of these records that are still there. */
    CompletableFuture<Page> records(SourceCollection collection, List<String> ids) {
        if (isBinary) {
            GetRequest request = new GetRequest(ids, null, null, 0, EnumSet.of(Include.EMBEDDINGS,
                    Include.DOCUMENTS, Include.METADATAS, Include.URIS));
            return handle(collection).getBatchAsync(request, Filter.NONE, ReadOptions.DEFAULT)
                    .thenApply(Page.OfBatch::new);
        }
        return answer(collection, ids).thenApply(Page.OfJson::new);
    }

    private CompletableFuture<byte[]> answer(SourceCollection collection, List<String> ids) {
        return client.callAsync("POST", path(collection) + "/get", Calls.idsBody(ids, ALL), true);
    }

    /** How long their answer is, 0 when that is not known: for those who measure how fast it comes. */
    public CompletableFuture<Long> raw(SourceCollection collection, List<String> ids) {
        return records(collection, ids).thenApply(page -> (long) page.bytes());
    }

    private CollectionClient handle(SourceCollection collection) {
        return handles.computeIfAbsent(collection.id(),
                id -> clients.computeIfAbsent(collection.place(),
                        place -> builder().tenant(place.tenant()).database(place.database()).build())
                        .collection(collection.name()));
    }

    // ---- forks: of a Forebay only ----

    SourceCollection fork(SourceCollection collection, String name) {
        try {
            byte[] body = Calls.waited(client.callAsync("POST", path(collection) + "/fork",
                    "{\"new_name\":" + Calls.quoted(name) + "}", false));
            return described(collection.place(), Json.decode(body, body.length, AnswerDecoder::collection));
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.PERMISSION_DENIED) {
                throw new ForebayException(e.code(),
                        "to read a state that nobody changes the collection is forked at"
                                + " the source, for which its token needs the role write; --no-fork reads the collection"
                                + " itself, to which nobody may write meanwhile",
                        e);
            }
            throw e;
        }
    }

    /** Null when there is none of that name. */
    @Nullable
    SourceCollection find(Place place, String name) {
        try {
            byte[] body = get(collectionsOf(place) + "/" + segment(name));
            return described(place, Json.decode(body, body.length, AnswerDecoder::collection));
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** One that is gone already is fine. */
    void drop(Place place, String name) {
        try {
            Calls.waited(client.callAsync("DELETE", collectionsOf(place) + "/" + segment(name), null, false));
        } catch (ForebayException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    // ---- paths ----

    private byte[] get(String path) {
        return Calls.waited(client.callAsync("GET", path, null, true));
    }

    private String collectionsOf(Place place) {
        return kind == Kind.CHROMA_V1
                ? "/api/v1/collections?tenant=" + segment(place.tenant()) + "&database="
                        + segment(place.database())
                : "/api/v2/tenants/" + segment(place.tenant()) + "/databases/" + segment(place.database())
                        + "/collections";
    }

    private String path(SourceCollection collection) {
        return kind == Kind.CHROMA_V1
                ? "/api/v1/collections/" + collection.id()
                : collectionsOf(collection.place()) + "/" + collection.id();
    }

    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        clients.values().forEach(ForebayClient::close);
        client.close();
    }
}
