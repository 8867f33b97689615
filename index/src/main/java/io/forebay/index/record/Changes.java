package io.forebay.index.record;

import io.forebay.index.record.RecordStore.CollectionState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an applier has collected and not committed: counters, the write batch, vectors to append and to kill,
 * and what is needed to take one batch back.
 */
final class Changes {
    final BatchSink sink = new BatchSink();
    final PendingTable pending = new PendingTable();
    final RecordPostings postings;
    long appliedSeqId;
    int nextRow;
    int ordinals;
    int live;
    long operations;
    int batches;
    private int firstOrdinal;
    private final IntList vectorBatches = new IntList();
    private final IntList embeddingIndexes = new IntList();
    private final IntList rows = new IntList();
    private final IntList killed = new IntList();
    private final List<PendingRecord> touched = new ArrayList<>();
    private final List<PendingRecord> before = new ArrayList<>();
    private @Nullable Mark mark;

    private record Mark(CollectionState state, int batches, int sinkSize, int sinkEntries, int vectors,
            int killed, RecordPostings.Mark postings) {}

    Changes(int collection) {
        postings = new RecordPostings(collection);
    }

    /** Empty again, on top of this state. */
    void reset(CollectionState state, PostingState postingState) {
        set(state);
        postings.reset(postingState);
        firstOrdinal = state.ordinals();
        batches = 0;
        sink.clear();
        pending.clear();
        truncate(0, 0);
        mark = null;
        touched.clear();
        before.clear();
    }

    boolean isEmpty() {
        return sink.isEmpty() && postings.isEmpty();
    }

    CollectionState state() {
        return new CollectionState(appliedSeqId, nextRow, ordinals, live, operations);
    }

    /** From here on, until {@link #keep} or {@link #takeBack}, changes belong to one batch. */
    void begin() {
        mark = new Mark(state(), batches, sink.size(), sink.entries(), rows.size(), killed.size(),
                postings.mark());
    }

    void keep() {
        mark = null;
        touched.clear();
        before.clear();
    }

    void takeBack() {
        Mark to = mark;
        if (to == null) {
            return;
        }
        set(to.state);
        batches = to.batches;
        sink.truncate(to.sinkSize, to.sinkEntries);
        truncate(to.vectors, to.killed);
        postings.takeBack(to.postings);
        for (int i = touched.size() - 1; i >= 0; i--) {
            touched.get(i).restore(before.get(i));
        }
        keep();
    }

    /** To be called before a record is changed. */
    void touch(PendingRecord record) {
        touched.add(record);
        before.add(record.copy());
    }

    /** Gives the vector its ordinal. */
    int append(int embeddingIndex, int row) {
        if (ordinals == Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "the collection has used all of its ordinals; it must be rebuilt");
        }
        vectorBatches.add(batches);
        embeddingIndexes.add(embeddingIndex);
        rows.add(row);
        return ordinals++;
    }

    void kill(int ordinal) {
        killed.add(ordinal);
    }

    VectorChanges vectors() {
        return new VectorChanges(firstOrdinal, rows.size(), vectorBatches.toArray(),
                embeddingIndexes.toArray(),
                rows.toArray(), killed.toArray());
    }

    private void set(CollectionState state) {
        appliedSeqId = state.appliedSeqId();
        nextRow = state.nextRow();
        ordinals = state.ordinals();
        live = state.live();
        operations = state.operations();
    }

    private void truncate(int vectors, int kills) {
        vectorBatches.truncate(vectors);
        embeddingIndexes.truncate(vectors);
        rows.truncate(vectors);
        killed.truncate(kills);
    }
}
