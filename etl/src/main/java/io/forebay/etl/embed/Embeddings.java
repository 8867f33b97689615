package io.forebay.etl.embed;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The named connections of a configuration, each opened when it is first used, and closed with this.
 *
 * <p>Threads: any. A provider is shared by all who ask for the same connection and model; do not close it.
 */
public final class Embeddings implements AutoCloseable {
    /** Several models of one connection are several providers. */
    private record Key(String connection, String model) {}

    private final Map<String, EmbeddingConnection> connections = new LinkedHashMap<>();
    private final Map<String, String> environment;
    private final int workers;
    /** Guarded by this. */
    private final Map<Key, EmbeddingProvider> open = new HashMap<>();
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
     * Blocks for a moment where it is the first to ask. INVALID_ARGUMENT for a name or a model that is not there, and for a
     * connection whose vectors come in the file.
     *
     * @param model null for the connection's own
     */
    public EmbeddingProvider provider(String name, @Nullable String model) throws EmbeddingException {
        EmbeddingConnection connection = connection(name);
        String wanted = checkedModel(connection, model == null ? connection.model() : model);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("closed");
            }
            Key key = new Key(name, wanted);
            EmbeddingProvider provider = open.get(key);
            if (provider == null) {
                provider = open(connection, wanted);
                open.put(key, provider);
            }
            return provider;
        }
    }

    private static String checkedModel(EmbeddingConnection connection, @Nullable String model) {
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
            case OPENAI -> OpenAiProvider.open(connection, model, environment);
            case NONE -> throw new IllegalStateException("it makes no vectors");
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(EmbeddingProvider::close);
        open.clear();
    }
}
