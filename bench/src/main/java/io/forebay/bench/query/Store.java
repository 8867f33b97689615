package io.forebay.bench.query;

import io.forebay.bench.load.ServerProcess;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One store with one collection at a time, and the ways in which it can be asked. */
interface Store extends AutoCloseable {

    /** Asks; called by many threads at once. */
    interface Asker {
        /** Ids of the nearest records, nearest first. */
        List<String> nearest(float[] embedding, int count, int ef);
    }

    List<Side> sides();

    /** The process that answers; null when it is this one. */
    @Nullable
    ServerProcess server();

    /** Makes an empty collection, which everything is about from now on, and drops the one before. */
    void use(String collection, CollectionConfig config);

    /** Returns with the ack. */
    void write(RecordBatch batch);

    /** Waits until all is linked. */
    void drain();

    /** Records acked and not linked. */
    long unlinked();

    Asker asker(Side side);

    @Override
    void close();
}
