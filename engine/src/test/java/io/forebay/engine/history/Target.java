package io.forebay.engine.history;

import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One collection, embedded or over HTTP, as a client sees it. Every call waits for its answer. */
public interface Target {
    /**
     * The store went away under a read, of which nothing is known. A write is done again by the target until it is
     * answered.
     */
    final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public BrokenException(Throwable cause) {
            super(cause);
        }
    }

    /** What a write was acknowledged with. */
    record Acked(long maxSeqId, int records) {}

    Acked write(RecordBatch batch);

    Acked delete(List<String> ids);

    List<StoredRecord> get(GetRequest request, ReadOptions read);

    long count(@Nullable List<String> ids, @Nullable Where where, ReadOptions read);

    List<Hit> query(QueryRequest request, ReadOptions read);

    /** Of the store: changes when it is started again. Asked before each read, which is then of this life, or broken. */
    default int life() {
        return 0;
    }
}
