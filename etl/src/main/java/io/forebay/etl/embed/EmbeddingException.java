package io.forebay.etl.embed;

import org.jspecify.annotations.Nullable;

/** A provider gave no vectors. */
public final class EmbeddingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;
    private final long retryAfterMillis;

    /** @param passing whether another time may be better: it does not lie in these texts or in the settings */
    public EmbeddingException(String message, boolean passing) {
        this(message, passing, 0, null);
    }

    public EmbeddingException(String message, boolean passing, Throwable cause) {
        this(message, passing, 0, cause);
    }

    /** @param retryAfterMillis so long the service wants to be left alone; 0 where it does not say */
    public EmbeddingException(String message, boolean passing, long retryAfterMillis,
            @Nullable Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.retryAfterMillis = retryAfterMillis;
    }

    public boolean isPassing() {
        return passing;
    }

    /** From when it was thrown on; 0 where the service does not say. An hour at most. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }
}
