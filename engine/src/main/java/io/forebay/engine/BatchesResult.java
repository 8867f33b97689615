package io.forebay.engine;

import io.forebay.model.ForebayException;
import io.forebay.model.WriteAck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one collection's batches in {@link Forebay#addParallel}.
 *
 * @param acks    of its first batches, in order
 * @param failure of the batch behind them; null when all are acknowledged
 */
public record BatchesResult(List<WriteAck> acks, @Nullable ForebayException failure) {
    public BatchesResult {
        acks = List.copyOf(acks);
    }

    public boolean isComplete() {
        return failure == null;
    }

    public long records() {
        return acks.stream().mapToLong(WriteAck::records).sum();
    }
}
