package io.forebay.model;

import java.util.Locale;

/** Which fields an answer carries. */
public enum Include {
    DISTANCES, DOCUMENTS, EMBEDDINGS, METADATAS, URIS;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
