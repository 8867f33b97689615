package io.forebay.bench.load;

/** What a record of a benchmark carries besides its id. */
public enum Payload {
    /** The embedding only. */
    VECTORS,
    /** Embedding, document and metadata, as the dataset has them. */
    RECORDS;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
