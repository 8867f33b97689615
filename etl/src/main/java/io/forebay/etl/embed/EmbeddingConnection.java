package io.forebay.etl.embed;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A named way to get embeddings, from the configuration.
 *
 * @param url             of an OpenAI-compatible service, up to and without {@code /embeddings}; null for the others
 * @param model           null for the kind's own
 * @param keyVariable     environment variable that holds the key; null for none
 * @param dimension       wanted of the service; 0 for what it gives
 * @param textsPerCall    at most
 * @param callsAtOnce     at most
 * @param timeoutMillis   of one call
 * @param patienceMillis  for how long calls that fail in passing are tried again before the job pauses on it
 */
public record EmbeddingConnection(String name, Kind kind, @Nullable URI url, @Nullable String model,
        @Nullable String keyVariable, int dimension, int textsPerCall, int callsAtOnce, long timeoutMillis,
        long patienceMillis) {
    public static final String LOCAL = "local";
    public static final String NONE = "none";

    /** Where the vectors come from. */
    public enum Kind {
        /** all-MiniLM-L6-v2 in this process. */
        LOCAL,
        /** A service with the interface of OpenAI. */
        OPENAI,
        /** They are in the file. */
        NONE
    }

    /** The model that is used where a job names none; null where only the service knows. */
    public @Nullable String usualModel() {
        return kind == Kind.LOCAL && model == null ? LocalProvider.MODEL : model;
    }

    /** Of the vectors of that model; 0 where only the service knows. */
    public int usualDimension() {
        return kind == Kind.LOCAL ? LocalModel.DIMENSION : dimension;
    }

    public static EmbeddingConnection local() {
        return new EmbeddingConnection(LOCAL, Kind.LOCAL, null, null, null, 0, 0, 0, 0, 0);
    }

    public static EmbeddingConnection none() {
        return new EmbeddingConnection(NONE, Kind.NONE, null, null, null, 0, 0, 0, 0, 0);
    }

    public static EmbeddingConnection openai(String name, URI url, @Nullable String model,
            @Nullable String keyVariable) {
        return new EmbeddingConnection(name, Kind.OPENAI, url, model, keyVariable, 0, 100, 4, 60_000,
                120_000);
    }
}
