package io.forebay.bench.index;

import java.util.Locale;

/** The vectors that {@code bench index} measures with. */
public enum SetKind {
    /** The embeddings of the dataset and its own queries. */
    REAL,
    /** 128 dimensions, l2, of a space of 16 seen through a random linear map. */
    LOW128,
    /** 768 dimensions, cosine, in clusters of different sizes. */
    CLUSTERED768;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
