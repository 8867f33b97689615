package io.forebay.client.load;

import java.util.HashMap;
import java.util.Map;

/**
 * Which ids are in flight, so that two records of one id go one after the other, in the order of the source. Guarded by
 * the lock of {@link Flow}.
 */
final class IdsInFlight {
    private final Map<Long, LoadBatch> byHash = new HashMap<>();

    /** False, and nothing is noted, when a batch in flight has an id of this one. */
    boolean enter(LoadBatch batch) {
        for (LoadRecord record : batch.records) {
            if (byHash.containsKey(record.idHash())) {
                return false;
            }
        }
        for (LoadRecord record : batch.records) {
            byHash.put(record.idHash(), batch);
        }
        return true;
    }

    void leave(LoadBatch batch) {
        for (LoadRecord record : batch.records) {
            byHash.remove(record.idHash(), batch);
        }
    }
}
