package io.forebay.client.load;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One batch: a range of positions, and the records that came for it so far. It is sent when every position of the range
 * has come, as a record or as one that is left out.
 *
 * <p>Threads: changed under the lock of {@link Flow} only; once it is full nothing of it changes but {@code done}.
 */
final class LoadBatch {
    final long from;
    final long to;
    /** An earlier life of the loader may have sent it: its boundaries are for ever. */
    final boolean inherited;
    /** Of the controller's settings when the range was reserved; -1 for what was not sized by it. */
    final int sizeGeneration;
    /** Of the plan that first had it. */
    final long planVersion;
    final List<LoadRecord> records = new ArrayList<>();
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final BitSet seen = new BitSet();
    private final BitSet refused = new BitSet();
    private int count;
    long bytes;
    /** Of the controller's settings when it was first sent. */
    int sendGeneration = -1;
    long sentNanos;
    /** Counted among those in flight. */
    boolean isInFlight;
    int attempts;
    long firstFailureNanos;

    LoadBatch(PositionRange range, boolean inherited, int sizeGeneration, long planVersion) {
        this.from = range.from();
        this.to = range.to();
        this.inherited = inherited;
        this.sizeGeneration = sizeGeneration;
        this.planVersion = planVersion;
    }

    /** False when the position has come before. */
    boolean leaveOut(long position) {
        int index = Math.toIntExact(position - from);
        if (seen.get(index)) {
            return false;
        }
        seen.set(index);
        count++;
        return true;
    }

    /** The record at this position is not loaded, because it is bad. */
    void refuse(long position) {
        refused.set(Math.toIntExact(position - from));
    }

    boolean isRefused(long position) {
        return refused.get(Math.toIntExact(position - from));
    }

    int refusedCount() {
        return refused.cardinality();
    }

    boolean put(LoadRecord record) {
        if (!leaveOut(record.position())) {
            return false;
        }
        records.add(record);
        bytes += record.bytes();
        return true;
    }

    boolean hasCome(long position) {
        return seen.get(Math.toIntExact(position - from));
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == to - from;
    }

    /** The ranges of positions that have come. */
    List<PositionRange> runs() {
        List<PositionRange> runs = new ArrayList<>();
        for (int start = seen.nextSetBit(0); start >= 0;) {
            int end = seen.nextClearBit(start);
            runs.add(new PositionRange(from + start, from + end));
            start = seen.nextSetBit(end);
        }
        return runs;
    }

    PositionRange range() {
        return new PositionRange(from, to);
    }

    /** In the order of the source, whoever came first: a batch that is sent again must be the same. */
    RecordBatch encode(Operation operation) {
        sort();
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (LoadRecord record : records) {
            batch.record(record.id(), record.embedding(), record.document(), record.metadata(),
                    record.uri());
        }
        return batch.build();
    }

    void sort() {
        records.sort(Comparator.comparingLong(LoadRecord::position));
    }
}
