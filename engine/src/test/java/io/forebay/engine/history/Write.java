package io.forebay.engine.history;

import io.forebay.model.Operation;
import java.util.List;

/**
 * A write that was acknowledged.
 *
 * @param ids        of the batch; of a delete, those that were to be deleted
 * @param stamp      of all its records: see {@link Content}
 * @param withVector whether its records have embeddings
 * @param begin      before it was sent, in nanoseconds
 * @param end        when its answer was there
 * @param maxSeqId   as acknowledged
 * @param records    as acknowledged: of a delete, how many it found
 */
public record Write(int client, Operation operation, List<String> ids, long stamp, boolean withVector,
        long begin, long end, long maxSeqId, int records) {
    long minSeqId() {
        return maxSeqId - records + 1;
    }

    /** A delete that finds nothing is not in the log. */
    boolean isLogged() {
        return records > 0;
    }
}
