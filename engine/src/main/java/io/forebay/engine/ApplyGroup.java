package io.forebay.engine;

import io.forebay.model.DeadLetter;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.RecordBatch;
import io.forebay.wal.WalEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link Applying} collects for one commit: whole entries from the front of a range. */
final class ApplyGroup {
    /** A group closes at this many records or bytes; one entry may be larger and is then a group of its own. */
    private static final int RECORDS_MAX = 4096;
    private static final long BYTES_MAX = 4L << 20;

    final CollectionRuntime runtime;
    final Range range;
    final List<RecordBatch> batches = new ArrayList<>();
    /** Of entries that are set aside, also those that an entry further back settles. */
    private final List<DeadLetter> letters = new ArrayList<>();
    private final DeadLetters ownLetters;
    /** Letters that entries of this group wrote again, by their minSeqId. */
    private final List<Long> settled = new ArrayList<>();
    int entries;
    long bytes;
    long operations;
    /** Of the first entry, as soon as it is looked at. */
    long firstSeqId = -1;
    long lastSeqId;
    long lastPosition;
    long firstTimeMillis;
    long lastTimeMillis;
    /** Once it is committed. */
    @Nullable
    CollectionState state;
    private final int incarnation;
    private final int entriesMax;

    ApplyGroup(CollectionRuntime runtime, Range range) {
        this.runtime = runtime;
        this.range = range;
        this.ownLetters = new DeadLetters(runtime.info());
        this.incarnation = WritePath.incarnation(runtime.info());
        this.entriesMax = runtime.pace.entriesMax();
    }

    boolean isOurs(WalEntry entry) {
        return entry.header().collection() == runtime.number
                && entry.header().incarnation() == incarnation
                && entry.minSeqId() >= range.minSeqId();
    }

    boolean isFull() {
        return operations >= RECORDS_MAX || bytes >= BYTES_MAX || entries >= entriesMax;
    }

    void took(WalEntry entry) {
        firstTimeMillis = entries == 0 ? entry.appendTimeMillis() : firstTimeMillis;
        entries++;
        bytes += entry.payload().remaining();
        operations += entry.header().records();
        lastSeqId = entry.maxSeqId();
        lastPosition = entry.position();
        lastTimeMillis = entry.appendTimeMillis();
    }

    void parked(DeadLetter letter) {
        letters.add(letter);
        ownLetters.parked(letter);
    }

    /**
     * Which letter an entry with this key writes again; null for none. It may be one of this very group: after a kill both
     * the entry that is set aside and its retry come again.
     */
    @Nullable
    Long settledBy(long keyHash) {
        Long own = ownLetters.settledBy(keyHash);
        return own != null ? own : runtime.letters.settledBy(keyHash);
    }

    void settled(long minSeqId) {
        settled.add(minSeqId);
    }

    /** It is committed: what is remembered of dead letters follows. Doing it twice changes nothing. */
    void noteLetters() {
        letters.forEach(runtime.letters::parked);
        settled.forEach(runtime.letters::removed);
    }
}
