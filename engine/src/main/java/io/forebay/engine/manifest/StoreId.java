package io.forebay.engine.manifest;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which store it is. A store keeps its id for its life, wherever it is moved; one that is restored is another store, because
 * from there on the same seqIds mean something else in it, and says which backups it goes on from.
 *
 * @param restoredFrom null of a store that was not restored, or from backups of before stores had ids
 */
public record StoreId(UUID id, @Nullable RestoredFrom restoredFrom) {
    /**
     * What was in the directory of backups when it was restored.
     *
     * @param store of the newest backup
     * @param seqId the last one of that: the restored store gives out none up to there
     */
    public record RestoredFrom(UUID store, long seqId) {}

    static StoreId fresh(@Nullable RestoredFrom restoredFrom) {
        return new StoreId(UUID.randomUUID(), restoredFrom);
    }
}
