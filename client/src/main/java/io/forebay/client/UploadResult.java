package io.forebay.client;

import io.forebay.model.ForebayException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one collection's part of {@link ForebayClient#addParallel}.
 *
 * @param acks    of its first batches, in order
 * @param failure of the batch behind them, after which none was sent; null when all are acknowledged
 */
public record UploadResult(List<Written> acks, @Nullable ForebayException failure) {
    public UploadResult {
        acks = List.copyOf(acks);
    }

    public boolean isComplete() {
        return failure == null;
    }

    public long records() {
        long records = 0;
        for (Written ack : acks) {
            records += ack.records();
        }
        return records;
    }

    /** Of the last acknowledged batch; {@link Written#NO_SEQ_ID} without one. */
    public long maxSeqId() {
        return acks.isEmpty() ? Written.NO_SEQ_ID : acks.get(acks.size() - 1).maxSeqId();
    }
}
