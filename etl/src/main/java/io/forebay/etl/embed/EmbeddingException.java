package io.forebay.etl.embed;

/** A provider gave no vectors. */
public final class EmbeddingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /** @param passing whether another time may be better: it does not lie in these texts or in the settings */
    public EmbeddingException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    public EmbeddingException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    public boolean isPassing() {
        return passing;
    }
}
