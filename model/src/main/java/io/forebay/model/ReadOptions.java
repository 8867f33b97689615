package io.forebay.model;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a read must be.
 *
 * @param minSeqId       the read waits until this seqId of the collection is applied; 0 for none
 * @param timeoutMillis  how long a read may wait before it fails with DEADLINE_EXCEEDED; 0 for the server's own limit
 * @param plan           is told, before the answer is there, how a read with ids or a filter was done; null for nobody
 */
public record ReadOptions(ReadLevel level, long minSeqId, long timeoutMillis,
        @Nullable Consumer<ReadPlan> plan) {
    public static final ReadOptions DEFAULT = new ReadOptions(ReadLevel.INDEX_AND_WAL, 0, 0);

    public ReadOptions(ReadLevel level, long minSeqId, long timeoutMillis) {
        this(level, minSeqId, timeoutMillis, null);
    }

    public static ReadOptions of(ReadLevel level) {
        return new ReadOptions(level, 0, 0);
    }

    public ReadOptions at(ReadLevel other) {
        return new ReadOptions(other, minSeqId, timeoutMillis, plan);
    }

    public ReadOptions tellingPlan(Consumer<ReadPlan> to) {
        return new ReadOptions(level, minSeqId, timeoutMillis, to);
    }
}
