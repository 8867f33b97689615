package io.forebay.etl.embed;

import java.util.List;

/** Makes vectors of texts with one model. Threads: any number may call it at once. */
public interface EmbeddingProvider extends AutoCloseable {
    /** Names the model for caches: equal names give equal vectors for equal texts, whatever the connection's name. */
    String model();

    /** How many texts to give in one call at most. */
    int textsPerCall();

    /** How many calls at once are worth while. */
    int callsAtOnce();

    /**
     * One vector for each text, in their order, all of one dimension; what can pass by itself (429, 5xx, time-outs) was
     * tried again for as long as the connection's settings say. Blocks; an interrupt ends it.
     *
     * @param trace for the service, where there is one
     */
    float[][] embed(List<String> texts, TraceContext trace) throws EmbeddingException, InterruptedException;

    /** Of no trace. */
    default float[][] embed(List<String> texts) throws EmbeddingException, InterruptedException {
        return embed(texts, TraceContext.NONE);
    }

    @Override
    void close();
}
