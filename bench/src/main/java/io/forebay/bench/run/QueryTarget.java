package io.forebay.bench.run;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.QueryLoad.Searcher;
import org.jspecify.annotations.Nullable;

/**
 * A store of which one collection at a time can be loaded and asked. Loading and asking need {@link #use}
 * first.
 */
interface QueryTarget extends Searcher, AutoCloseable {
    String name();

    /** The process that answers; null when it is this one. */
    @Nullable
    ProcessHandle server();

    /** Makes an empty collection of this name, which everything below is about from now on. */
    void use(String collection);

    /** Drops the collection in use. */
    void drop();

    /** Writes everything and returns with the last ack. */
    void load(BatchSource source) throws Exception;

    /** Records acked and not yet linked: what a query scans. */
    long unlinked();

    /** Waits until everything is linked. */
    void drain();

    @Override
    void close();
}
