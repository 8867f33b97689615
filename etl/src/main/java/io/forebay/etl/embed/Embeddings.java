package io.forebay.etl.embed;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The named connections of a configuration, each opened when it is first used, and closed with this.
 *
 * <p>Threads: any. A provider is shared by all who ask for the same connection and model; do not close it.
 *
 * <p>Invariant: names of models come from whoever imports, so there are at most {@link #MODELS_MAX} providers of a
 * connection, and they share one HTTP client.
 */
public final class Embeddings implements AutoCloseable {
    /** Several models of one connection are several providers. */
    private record Key(String connection, String model) {}

    static final int MODELS_MAX = 64;
    static final int MODEL_LENGTH_MAX = 200;

    private final Map<String, EmbeddingConnection> connections = new LinkedHashMap<>();
    private final Map<String, String> environment;
    private final int workers;
    /** Guarded by this. */
    private final Map<Key, EmbeddingProvider> open = new HashMap<>();
    /** By the connection's name. Guarded by this. */
    private final Map<String, HttpClient> clients = new HashMap<>();
    private boolean closed;

    /**
     * @param environment where keys are found
     * @param workers     calls of the local model at once; 0: one for each processor
     */
    public Embeddings(List<EmbeddingConnection> connections, Map<String, String> environment, int workers) {
        for (EmbeddingConnection connection : connections) {
            if (this.connections.put(connection.name(), connection) != null) {
                throw new ForebayException(ErrorCode.INVALID_ARGUMENT,
                        "There are two embedding connections named [" + connection.name() + "]");
            }
        }
        this.environment = Map.copyOf(environment);
        this.workers = workers > 0 ? workers : Runtime.getRuntime().availableProcessors();
    }

    public boolean isKnown(String name) {
        return connections.containsKey(name);
    }

    /** INVALID_ARGUMENT with the names that are known. */
    public EmbeddingConnection connection(String name) {
        EmbeddingConnection connection = connections.get(name);
        if (connection == null) {
            throw new ForebayException(ErrorCode.INVALID_ARGUMENT, "There is no embedding connection [" + name
                    + "]; there are " + connections.keySet());
        }
        return connection;
    }

    /**
     * Whether there may be such a model, without opening anything: INVALID_ARGUMENT for a connection or a model that is not
     * there, and where a model must be named and is not. A connection whose vectors come in the file takes any.
     *
     * @param model null for the connection's own
     */
    public void checkModel(String name, @Nullable String model) {
        EmbeddingConnection connection = connection(name);
        if (connection.kind() == EmbeddingConnection.Kind.NONE) {
            checkName(model);
        } else {
            checkedModel(connection, model);
        }
    }

    /**
     * Blocks for a moment where it is the first to ask. INVALID_ARGUMENT for a name or a model that is not there, and for a
     * connection whose vectors come in the file.
     * So it is for more models of one connection than there may be.
     *
     * @param model null for the connection's own
     */
    public EmbeddingProvider provider(String name, @Nullable String model) throws EmbeddingException {
        EmbeddingConnection connection = connection(name);
        String wanted = checkedModel(connection, model);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            Key key = new Key(name, wanted);
            EmbeddingProvider provider = open.get(key);
            if (provider == null) {
                checkRoom(name);
                provider = open(connection, wanted);
                open.put(key, provider);
            }
            return provider;
        }
    }

    private void checkRoom(String name) {
        if (open.keySet().stream().filter(key -> key.connection.equals(name)).count() >= MODELS_MAX) {
            throw new ForebayException(ErrorCode.INVALID_ARGUMENT, "The embedding connection [" + name
                    + "] was asked for " + MODELS_MAX
                    + " models since the start, and takes no further ones until the next");
        }
    }

    private static void checkName(@Nullable String model) {
        if (model != null && (model.isBlank() || model.length() > MODEL_LENGTH_MAX)) {
            throw new ForebayException(ErrorCode.INVALID_ARGUMENT, model.isBlank()
                    ? "The name of the embedding model is blank"
                    : "The name of the embedding model has " + model.length() + " characters; "
                            + MODEL_LENGTH_MAX + " are the most");
        }
    }

    private static String checkedModel(EmbeddingConnection connection, @Nullable String named) {
        checkName(named);
        String model = named == null ? connection.model() : named;
        return switch (connection.kind()) {
            case LOCAL -> LocalProvider.checkedModel(model);
            case OPENAI -> {
                if (model == null || model.isBlank()) {
                    throw new ForebayException(ErrorCode.INVALID_ARGUMENT, "The embedding connection ["
                            + connection.name() + "] has no model of its own: name one");
                }
                yield model;
            }
            case NONE -> throw new ForebayException(ErrorCode.INVALID_ARGUMENT, "The embedding connection ["
                    + connection.name() + "] makes no vectors: they come in the file");
        };
    }

    private EmbeddingProvider open(EmbeddingConnection connection, String model) throws EmbeddingException {
        return switch (connection.kind()) {
            case LOCAL -> LocalProvider.open(model, workers);
            case OPENAI -> OpenAiProvider.open(connection, model, client(connection), environment);
            case NONE -> throw new IllegalStateException("it makes no vectors");
        };
    }

    private synchronized HttpClient client(EmbeddingConnection connection) {
        return clients.computeIfAbsent(connection.name(), name -> OpenAiProvider.client(connection));
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(EmbeddingProvider::close);
        open.clear();
        clients.values().forEach(HttpClient::shutdownNow);
        clients.clear();
    }
}
