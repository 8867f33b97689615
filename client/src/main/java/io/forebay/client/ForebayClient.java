package io.forebay.client;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
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
 * fail with {@link ForebayException}, which carries the server's status (as its code) and message. What fails for a
 * reason that passes is tried again ({@link Builder#retries}, {@link Builder#backoffAttemptsMax}); a write then carries an
 * idempotency key, so that it is done once.
 *
 * <p>The address says how to speak: {@code http://} and {@code https://} for Chroma's API, {@code forebay://} and
 * {@code forebays://} for the binary protocol. What can be done, and what it answers, is the same.
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

    private final Transport transport;
    private final Routes routes;
    private final RetryPolicy policy;

    private ForebayClient(Builder builder) {
        ClientThreads threads = new ClientThreads();
        policy = new RetryPolicy(builder.retriesMax, builder.retryTimeMax, builder.backoffAttemptsMax,
                builder.backoffMax);
        Transport once = builder.isBinary()
                ? new BinaryTransport(WireSettings.of(builder), threads)
                : new HttpTransport(builder, threads);
        transport = new Retrying(once, threads, policy);
        routes = new Routes(builder.tenant, builder.database);
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
        return call(Call.get(Routes.HEARTBEAT)).thenApply(Answers::heartbeat);
    }

    public String version() {
        return Waiting.on(versionAsync());
    }

    public CompletableFuture<String> versionAsync() {
        return call(Call.get(Routes.VERSION)).thenApply(Answers::text);
    }

    /** Drops everything, where the server's settings allow it. */
    public void reset() {
        Waiting.on(resetAsync());
    }

    public CompletableFuture<Void> resetAsync() {
        return call(Call.once("POST", Routes.RESET, null)).thenApply(answer -> null);
    }

    /** Positions and lag of every collection of the server. */
    public List<CollectionLag> lag() {
        return Waiting.on(lagAsync());
    }

    public CompletableFuture<List<CollectionLag>> lagAsync() {
        return transport.handOver(transport.lag()).thenApply(LagAnswers::all);
    }

    /** The same as the server's own JSON text, for scripts. */
    public String lagJson() {
        return Waiting.on(transport.lag().thenApply(Answer::utf8));
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
        Call call = Call.once("POST", routes.collections(), body);
        return call(getOrCreate ? call.repeatable() : call).thenApply(this::collection);
    }

    /** NOT_FOUND when there is none of that name. */
    public CollectionClient collection(String name) {
        return Waiting.on(collectionAsync(name));
    }

    public CompletableFuture<CollectionClient> collectionAsync(String name) {
        return call(Call.get(routes.collection(name))).thenApply(this::collection);
    }

    /** Ordered by the text of their ids. */
    public List<CollectionClient> collections() {
        return Waiting.on(collectionsAsync());
    }

    public CompletableFuture<List<CollectionClient>> collectionsAsync() {
        return call(Call.get(routes.collections()))
                .thenApply(answer -> CollectionAnswers.list(answer).stream().map(this::bind).toList());
    }

    public void deleteCollection(String name) {
        Waiting.on(deleteCollectionAsync(name));
    }

    public CompletableFuture<Void> deleteCollectionAsync(String name) {
        return call(Call.once("DELETE", routes.collection(name), null)).thenApply(answer -> null);
    }

    private CollectionClient collection(Answer answer) {
        return bind(CollectionAnswers.one(answer));
    }

    private CollectionClient bind(CollectionDescription description) {
        return new CollectionClient(transport, routes, policy, description);
    }

    private CompletableFuture<Answer> call(Call call) {
        return transport.handOver(transport.call(call));
    }

    // ---- what has no method of its own ----

    /**
     * Any route of the HTTP API, over either protocol: its answer's body. An error is thrown as everywhere else.
     *
     * @param json         null for no body
     * @param isRepeatable to do it twice is the same as to do it once: then it is tried again when it may not have been done
     */
    public CompletableFuture<byte[]> callAsync(String method, String path, @Nullable String json,
            boolean isRepeatable) {
        byte[] utf8 = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
        Call call = Call.once(method, path, utf8 == null ? null : new Body(utf8, utf8.length));
        return call(isRepeatable ? call.repeatable() : call).thenApply(Answer::body);
    }

    // ---- many collections at once ----

    /**
     * Writes batches into many collections: each collection's in their order, one after the other; several
     * collections at the same time. A batch that fails ends its own collection and no other: the answer says per
     * collection what was acknowledged and what failed first, in the order of the map.
     *
     * <pre>{@code
     * var results = client.addParallel(Map.of(peps, pepBatches, rfcs, rfcBatches));
     * results.forEach((collection, result) -> {
     *     if (result.failure() != null) {
     *         log.warn(collection.name() + " has " + result.records() + " records: " + result.failure().getMessage());
     *     }
     * });
     * }</pre>
     *
     * The iterators are asked for the next batch when the one before is acknowledged, by threads of the client.
     */
    public Map<CollectionClient, UploadResult> addParallel(
            Map<CollectionClient, ? extends Iterable<RecordBatch>> uploads) {
        return addParallel(uploads, ParallelSettings.DEFAULT);
    }

    public Map<CollectionClient, UploadResult> addParallel(
            Map<CollectionClient, ? extends Iterable<RecordBatch>> uploads, ParallelSettings settings) {
        return Waiting.on(addParallelAsync(uploads, settings));
    }

    /** Never fails as a whole. */
    public CompletableFuture<Map<CollectionClient, UploadResult>> addParallelAsync(
            Map<CollectionClient, ? extends Iterable<RecordBatch>> uploads, ParallelSettings settings) {
        return ParallelUpload.start(uploads, settings);
    }

    /** Calls that are still under way fail. */
    @Override
    public void close() {
        transport.close();
    }

    /** Settings of a client; every one has a default. */
    public static final class Builder {
        private static final Set<String> SCHEMES = Set.of("http", "https", "forebay", "forebays");

        final URI baseUri;
        String tenant = Database.DEFAULT_TENANT;
        String database = Database.DEFAULT_DATABASE;
        @Nullable
        String token;
        @Nullable
        SSLContext sslContext;
        Encoding encoding = Encoding.BASE64;
        int connections = 4;
        long queueBytesMax = 64 << 20;
        int retriesMax = 5;
        Duration retryTimeMax = Duration.ofMinutes(5);
        Duration connectTimeout = Duration.ofSeconds(10);
        Duration requestTimeout = Duration.ofMinutes(2);
        int backoffAttemptsMax = 20;
        Duration backoffMax = Duration.ofSeconds(10);

        private Builder(URI baseUri) {
            if (baseUri.getHost() == null || !SCHEMES.contains(String.valueOf(baseUri.getScheme()))) {
                throw new IllegalArgumentException("the server's address is '" + baseUri
                        + "', must be like http://127.0.0.1:8000 or forebay://127.0.0.1:8001");
            }
            this.baseUri = baseUri;
        }

        boolean isBinary() {
            return String.valueOf(baseUri.getScheme()).startsWith("forebay");
        }

        SSLContext tls() {
            try {
                return sslContext == null ? SSLContext.getDefault() : sslContext;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this JVM has no TLS", e);
            }
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

        /**
         * For {@code https} and {@code forebays}: whose certificates are trusted, for example those of a private
         * authority.
         */
        public Builder sslContext(SSLContext value) {
            sslContext = Objects.requireNonNull(value);
            return this;
        }

        /** Over HTTP only. */
        public Builder encoding(Encoding value) {
            encoding = Objects.requireNonNull(value);
            return this;
        }

        /** Over {@code forebay} and {@code forebays}: at most so many (4), opened as they are needed. */
        public Builder connections(int value) {
            connections = positive(value, "connections");
            return this;
        }

        /**
         * Over {@code forebay} and {@code forebays}: so many bytes of requests (64 MB) may wait for a connection or
         * for the server to take them. Beyond it whoever sends waits, and fails with DEADLINE_EXCEEDED or BACKOFF
         * when it takes longer than a request may.
         */
        public Builder queueBytesMax(long value) {
            queueBytesMax = value;
            return this;
        }

        /**
         * How often one call is tried again after broken connections, timeouts and 503 (5); 0 for never. Writes then
         * carry an idempotency key, so that none is done twice. What is tried again is in docs/java-client.md.
         */
        public Builder retries(int value) {
            retriesMax = value;
            return this;
        }

        /** No such attempt begins later than this after the call (5 minutes). */
        public Builder retryTimeMax(Duration value) {
            retryTimeMax = value;
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

        private static int positive(int value, String name) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, got " + value);
            }
            return value;
        }

        public ForebayClient build() {
            return new ForebayClient(this);
        }
    }
}
