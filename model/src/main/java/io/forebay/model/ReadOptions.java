package io.forebay.model;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How fresh a read must be.
 *
 * @param level          null for the collection's own, and if it has none {@link ReadLevel#INDEX_AND_WAL}
 * @param minSeqId       the read waits until everything of the collection up to this seqId is applied; 0 for none. It
 *                       may be
 *                       the seqId of a write to another collection
 * @param timeoutMillis  how long a read may wait, and then be at work, before it fails with DEADLINE_EXCEEDED; 0 for the
 *                       server's own limit
 * @param plan           is told, before the answer is there, how a read with ids or a filter was done; null for nobody
 * @param position       is told, before the answer is there, which state the read saw; null for nobody
 * @param times          takes where the time went; null for nobody
 * @param gone           whether nobody waits for the answer any more; null for not known
 */
public record ReadOptions(@Nullable ReadLevel level, long minSeqId, long timeoutMillis,
        @Nullable Consumer<ReadPlan> plan, @Nullable Consumer<ReadPosition> position,
        @Nullable ReadTimes times, @Nullable BooleanSupplier gone) {
    public static final ReadOptions DEFAULT = new ReadOptions(null, 0, 0);

    /** @throws ForebayException (INVALID_ARGUMENT) for a negative seqId or time */
    public ReadOptions {
        if (minSeqId < 0 || timeoutMillis < 0) {
            throw ForebayException
                    .invalid("A read's minSeqId and timeoutMillis cannot be negative. Got " + minSeqId
                            + " and " + timeoutMillis);
        }
    }

    public ReadOptions(@Nullable ReadLevel level, long minSeqId, long timeoutMillis) {
        this(level, minSeqId, timeoutMillis, null, null, null, null);
    }

    public static ReadOptions of(ReadLevel level) {
        return new ReadOptions(level, 0, 0);
    }

    public ReadOptions at(@Nullable ReadLevel other) {
        return new ReadOptions(other, minSeqId, timeoutMillis, plan, position, times, gone);
    }

    public ReadOptions withMinSeqId(long seqId) {
        return new ReadOptions(level, seqId, timeoutMillis, plan, position, times, gone);
    }

    public ReadOptions withTimeoutMillis(long millis) {
        return new ReadOptions(level, minSeqId, millis, plan, position, times, gone);
    }

    public ReadOptions tellingPlan(Consumer<ReadPlan> to) {
        return new ReadOptions(level, minSeqId, timeoutMillis, to, position, times, gone);
    }

    public ReadOptions tellingPosition(Consumer<ReadPosition> to) {
        return new ReadOptions(level, minSeqId, timeoutMillis, plan, to, times, gone);
    }

    /** @param left asked now and then while a long read is at work; true ends it */
    public ReadOptions untilGone(BooleanSupplier left) {
        return new ReadOptions(level, minSeqId, timeoutMillis, plan, position, times, left);
    }

    /** @param to for one read only */
    public ReadOptions tellingTimes(ReadTimes to) {
        return new ReadOptions(level, minSeqId, timeoutMillis, plan, position, to, gone);
    }
}
