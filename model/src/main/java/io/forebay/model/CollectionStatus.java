package io.forebay.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a collection stands. Positions are seqIds of its own entries; {@code linked <= applied <= acked}.
 *
 * @param number        the collection's number in the store, never used again
 * @param records       live records, as applied
 * @param operations    record operations ever acked
 * @param linkedOperations record operations that are linked (or needed no link)
 * @param ingestLag     end of log minus applied
 * @param indexLag      end of log minus linked
 * @param queuedRanges  ranges waiting for the indexer
 * @param parkedEntries entries that could not be applied and were set aside
 * @param applyRate     how fast its log entries are applied
 * @param linkRate      how fast its vectors are linked
 * @param unopened      since the start nobody looked at its vectors, so nothing of it counts as linked
 */
public record CollectionStatus(int number, UUID id, String tenant, String database, String name,
        int dimension,
        long records,
        long ackedSeqId, long durableSeqId, long appliedSeqId, long linkedSeqId, long operations,
        long linkedOperations, Lag ingestLag, Lag indexLag, int queuedRanges, long parkedEntries,
        Rate applyRate, Rate linkRate, boolean unopened) {

    /** Of an unopened collection only what is not applied, which is not linked for certain. */
    public Lag certainIndexLag() {
        return unopened ? ingestLag : indexLag;
    }

    /** Whether something of it is not applied or not linked yet. */
    public boolean isBehind() {
        return !ingestLag.equals(Lag.NONE) || !indexLag.equals(Lag.NONE);
    }

    /** Time to consistency: until all that is in the log now is applied, at the rate measured; null when not known. */
    public @Nullable Double secondsUntilApplied() {
        return ingestLag.secondsAt(applyRate);
    }

    /** Until all that is in the log now is linked; it must be applied first. Null when that is not known. */
    public @Nullable Double secondsUntilLinked() {
        Double applied = secondsUntilApplied();
        Double linked = indexLag.secondsAt(linkRate);
        return applied == null || linked == null ? null : Double.valueOf(Math.max(applied, linked));
    }
}
