package io.forebay.client;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server: collections of one database of one tenant.
 *
 * <pre>{@code
 * try (var client = ForebayClient.connect("http://127.0.0.1:8000")) {
 *     var peps = client.getOrCreateCollection("peps", CollectionConfig.of(Space.COSINE));
 *     var batch = RecordBatch.builder(Operation.ADD)
 *             .record("a", new float[] {1, 0}, "first document")
 *             .record("b", new float[] {0, 1}, "second document")
 *             .build();
 *     Written written = peps.write(batch);          // answered from the log
 *     peps.flush(FlushPosition.LINKED);             // only if you want to wait for the index
 *     List<Hit> nearest = peps.query(QueryRequest.nearest(new float[] {1, 0}, 10)).get(0);
 * }
 * }</pre>
 *
 * <p>Every operation exists twice: the plain name waits, the name with {@code Async} answers a future. Both
 * fail with {@link ForebayException}, which carries the server's status (as its code) and message. A {@code
 * 429} is tried again after the time that the server names in {@code Retry-After}, as often as {@link
 * Builder#backoffAttemptsMax} allows.
 *
 * <p>Threads: any number may share one client; it has its own pool of connections.
 */
public final class ForebayClient implements AutoCloseable {

    /** How embeddings travel in writes. */
    public enum Encoding {
        /** Little-endian float32 in base64: a third of the bytes of JSON numbers and much less work. */
        BASE64,
        /** JSON numbers, as the oldest clients send them. */
        JSON
    }

    private final HttpTransport transport;
    private final Routes routes;
    private final Encoding encoding;

    private ForebayClient(Builder builder) {
        transport = new HttpTransport(builder);
        routes = new Routes(builder.tenant, builder.database);
        encoding = builder.encoding;
    }

    /** To the default database of the default tenant. */
    public static ForebayClient connect(String baseUri) {
        return builder(URI.create(baseUri)).build();
    }

    public static Builder builder(URI baseUri) {
        return new Builder(baseUri);
    }

    // ---- system ----

    /** The server's clock, in nanoseconds since 1970. */
    public long heartbeat() {
        return Waiting.on(heartbeatAsync());
    }

    public CompletableFuture<Long> heartbeatAsync() {
        return transport.send("GET", Routes.HEARTBEAT, null).thenApply(Answers::heartbeat);
    }

    public String version() {
        return Waiting.on(versionAsync());
    }

    public CompletableFuture<String> versionAsync() {
        return transport.send("GET", Routes.VERSION, null).thenApply(Answers::text);
    }

    /** Drops everything, where the server's settings allow it. */
    public void reset() {
        Waiting.on(resetAsync());
    }

    public CompletableFuture<Void> resetAsync() {
        return transport.send("POST", Routes.RESET, null).thenApply(answer -> null);
    }

    /** Positions and lag of every collection of the server. */
    public List<CollectionLag> lag() {
        return Waiting.on(lagAsync());
    }

    public CompletableFuture<List<CollectionLag>> lagAsync() {
        return transport.send("GET", Routes.LAG, null).thenApply(LagAnswers::all);
    }

    /** The same as the server's own JSON text, for scripts. */
    public String lagJson() {
        return Waiting.on(transport.send("GET", Routes.LAG, null).thenApply(Answer::utf8));
    }

    // ---- collections ----

    /** ALREADY_EXISTS when there is one of that name. */
    public CollectionClient createCollection(String name, CollectionConfig config) {
        return Waiting.on(createCollectionAsync(name, null, config, false));
    }

    /** An existing collection is answered as it is, whatever the configuration given here. */
    public CollectionClient getOrCreateCollection(String name, CollectionConfig config) {
        return Waiting.on(createCollectionAsync(name, null, config, true));
    }

    public CompletableFuture<CollectionClient> createCollectionAsync(String name,
            @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, boolean getOrCreate) {
        Body body = CollectionBody.create(name, metadata, config, getOrCreate);
        return transport.send("POST", routes.collections(), body).thenApply(this::collection);
    }

    /** NOT_FOUND when there is none of that name. */
    public CollectionClient collection(String name) {
        return Waiting.on(collectionAsync(name));
    }

    public CompletableFuture<CollectionClient> collectionAsync(String name) {
        return transport.send("GET", routes.collection(name), null).thenApply(this::collection);
    }

    /** Ordered by the text of their ids. */
    public List<CollectionClient> collections() {
        return Waiting.on(collectionsAsync());
    }

    public CompletableFuture<List<CollectionClient>> collectionsAsync() {
        return transport.send("GET", routes.collections(), null)
                .thenApply(answer -> CollectionAnswers.list(answer).stream().map(this::bind).toList());
    }

    public void deleteCollection(String name) {
        Waiting.on(deleteCollectionAsync(name));
    }

    public CompletableFuture<Void> deleteCollectionAsync(String name) {
        return transport.send("DELETE", routes.collection(name), null).thenApply(answer -> null);
    }

    private CollectionClient collection(Answer answer) {
        return bind(CollectionAnswers.one(answer));
    }

    private CollectionClient bind(CollectionDescription description) {
        return new CollectionClient(transport, routes, encoding, description);
    }

    /** Calls that are still under way fail. */
    @Override
    public void close() {
        transport.close();
    }

    /** Settings of a client; every one has a default. */
    public static final class Builder {
        final URI baseUri;
        String tenant = Database.DEFAULT_TENANT;
        String database = Database.DEFAULT_DATABASE;
        @Nullable
        String token;
        Encoding encoding = Encoding.BASE64;
        Duration connectTimeout = Duration.ofSeconds(10);
        Duration requestTimeout = Duration.ofMinutes(2);
        int backoffAttemptsMax = 20;
        Duration backoffMax = Duration.ofSeconds(10);

        private Builder(URI baseUri) {
            String scheme = baseUri.getScheme();
            if (baseUri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                throw new IllegalArgumentException(
                        "the server's address is '" + baseUri + "', must be like http://127.0.0.1:8000");
            }
            this.baseUri = baseUri;
        }

        public Builder tenant(String value) {
            tenant = Objects.requireNonNull(value);
            return this;
        }

        public Builder database(String value) {
            database = Objects.requireNonNull(value);
            return this;
        }

        /** Sent with every request, as {@code x-chroma-token}; null for none. */
        public Builder token(@Nullable String value) {
            if (value != null && (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 127))) {
                throw new IllegalArgumentException(
                        "a token must be visible ASCII characters, without spaces");
            }
            token = value;
            return this;
        }

        public Builder encoding(Encoding value) {
            encoding = Objects.requireNonNull(value);
            return this;
        }

        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        /** Of one attempt, from sending it to the end of its answer. */
        public Builder requestTimeout(Duration value) {
            requestTimeout = value;
            return this;
        }

        /** How often one call is tried again after {@code 429}; 0 for never. */
        public Builder backoffAttemptsMax(int value) {
            backoffAttemptsMax = value;
            return this;
        }

        /** The longest wait before one further attempt, whatever the server asks for. */
        public Builder backoffMax(Duration value) {
            backoffMax = value;
            return this;
        }

        public ForebayClient build() {
            return new ForebayClient(this);
        }
    }
}
