package io.forebay.bench.peers;

import io.forebay.bench.load.QueryLoad.Searcher;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store that is measured beside others: empty when it is made, one collection at a time.
 *
 * <p>Threads: {@link #write} and {@link #nearest} are called by many at once, all else by one.
 */
interface Peer extends Searcher, AutoCloseable {
    /** Its version and what is set, and what "searchable and indexed" means here; one line, for people. */
    String about();

    /** Makes an empty collection, which everything below is about from now on. */
    void use(String collection) throws Exception;

    /** Returns when the batch is acknowledged, whatever that means here. */
    void write(RecordBatch batch) throws Exception;

    /** Returns when all that was acknowledged is found by queries and is in the index. */
    void complete() throws Exception;

    /** Waits for what goes on in the background all the same; no part of any figure. */
    default void settle() throws Exception {}

    long count() throws Exception;

    /** Widths of the search that can be set, of those given and in their order. */
    default List<Integer> widths(List<Integer> candidates) {
        return candidates;
    }

    /** How many candidates a search keeps: ef, or what it is called here. */
    void searchWidth(int width) throws Exception;

    /** Drops the collection in use. */
    void drop() throws Exception;

    /** The process whose memory is measured, with its children; null where it is out of sight. */
    @Nullable
    ProcessHandle process();

    /** Where its files are; null where they are out of sight. */
    @Nullable
    Path files();

    /** Of a library: frees memory that is only not yet given back. */
    default void collectGarbage() throws Exception {}

    @Override
    void close() throws Exception;
}
