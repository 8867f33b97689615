package io.forebay.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which positions of the source belong to which batch, and which are done.
 *
 * <p>A position is done (its record was acknowledged, refused or left out), in a batch, or not planned. A batch is
 * planned with its exact range before any of it is sent, and each change of the plan has a number: with a checkpoint a
 * batch is sent only when a plan with it is on disk. So whoever goes on after a crash knows the boundaries of
 * everything that may have been sent, and sends it again as the same batches. Ranges are reserved some at a time, so
 * that a plan need not be written for each batch.
 *
 * <p>Invariant: ranges of batches overlap neither each other nor what is done.
 *
 * <p>Threads: guarded by the lock of {@link Flow}.
 */
final class BatchPlan {
    private final int ahead;
    private final PositionSet done;
    private final TreeMap<Long, LoadBatch> open = new TreeMap<>();
    private final TreeMap<Long, LoadBatch> ready = new TreeMap<>();
    private final TreeMap<Long, LoadBatch> sending = new TreeMap<>();
    private long version;
    private long refused;

    /**
     * @param ahead   ranges that are reserved at a time
     * @param refused bad records among what is done
     */
    BatchPlan(int ahead, List<PositionRange> done, List<PositionRange> inherited, long refused) {
        this.refused = refused;
        this.ahead = ahead;
        this.done = new PositionSet(done);
        for (PositionRange range : inherited) {
            open.put(range.from(), new LoadBatch(range, true, -1, 0));
        }
    }

    long version() {
        return version;
    }

    boolean isDone(long position) {
        return done.contains(position);
    }

    /** Bad records among what is done: what a next life need not count again. */
    long refused() {
        return refused;
    }

    PositionSet done() {
        return done;
    }

    /** The batch to which the position belongs; null when there is none yet, or it is full. */
    @Nullable
    LoadBatch openAt(long position) {
        Map.Entry<Long, LoadBatch> entry = open.floorEntry(position);
        return entry != null && position < entry.getValue().to ? entry.getValue() : null;
    }

    /** Whether it came already, and is neither open nor done. */
    boolean isUnderWay(long position) {
        return within(ready, position) || within(sending, position);
    }

    private static boolean within(TreeMap<Long, LoadBatch> batches, long position) {
        Map.Entry<Long, LoadBatch> entry = batches.floorEntry(position);
        return entry != null && position < entry.getValue().to;
    }

    /** Reserves ranges from a position on that is in no batch; answers the first. */
    LoadBatch reserve(long position, int records, int sizeGeneration) {
        if (openAt(position) != null || isUnderWay(position) || isDone(position)) {
            throw new IllegalStateException("position " + position + " is planned already");
        }
        version++;
        long limit = done.nextFrom(position);
        for (TreeMap<Long, LoadBatch> batches : List.of(open, ready, sending)) {
            Long next = batches.higherKey(position);
            limit = next == null ? limit : Math.min(limit, next);
        }
        LoadBatch first = reserve(position, limit, records, sizeGeneration);
        long from = first.to;
        for (int i = 1; i < ahead && from < limit; i++) {
            from = reserve(from, limit, records, sizeGeneration).to;
        }
        return first;
    }

    private LoadBatch reserve(long from, long limit, int records, int sizeGeneration) {
        PositionRange range = new PositionRange(from, Math.min(limit, from + records));
        LoadBatch batch = new LoadBatch(range, false, sizeGeneration, version);
        open.put(from, batch);
        return batch;
    }

    /** Forgets what was reserved and not begun, because batches are to have another size. */
    void dropEmpty() {
        open.values().removeIf(batch -> batch.isEmpty() && !batch.inherited);
    }

    /** A batch of which every position has come is ready to be sent, or done when nothing is left in it. */
    void filled(LoadBatch batch) {
        open.remove(batch.from);
        if (batch.records.isEmpty()) {
            finished(batch);
        } else {
            ready.put(batch.from, batch);
        }
    }

    /**
     * Makes batches of what has come, though positions between are missing. What an earlier life may have sent whole
     * keeps its boundaries unless it is the end of the source: what is missing then was never there.
     */
    void cut(boolean end) {
        version++;
        for (LoadBatch batch : List.copyOf(open.values())) {
            if (batch.isEmpty() || batch.inherited && !end) {
                continue;
            }
            open.remove(batch.from);
            for (PositionRange run : batch.runs()) {
                refill(batch, run);
            }
        }
        if (end) {
            open.clear();
        }
    }

    /** A batch that the server refuses is replaced by its halves; the plan must be kept before they are sent. */
    void halve(LoadBatch batch) {
        version++;
        sending.remove(batch.from);
        batch.sort();
        long middle = batch.records.get(batch.records.size() / 2).position();
        LoadBatch left = refill(batch, new PositionRange(batch.from, middle));
        LoadBatch right = refill(batch, new PositionRange(middle, batch.to));
        left.done.thenCombine(right.done, (a, b) -> null).thenRun(() -> batch.done.complete(null));
    }

    /** A new batch with the positions of this range that came for another one. */
    private LoadBatch refill(LoadBatch whole, PositionRange range) {
        LoadBatch part = new LoadBatch(range, false, -1, version);
        for (LoadRecord record : whole.records) {
            if (record.position() >= range.from() && record.position() < range.to()) {
                part.put(record);
            }
        }
        for (long position = range.from(); position < range.to(); position++) {
            if (whole.hasCome(position)) {
                part.leaveOut(position);
            }
            if (whole.isRefused(position)) {
                part.refuse(position);
            }
        }
        whole.done.whenComplete((done, failure) -> {
            if (failure != null) {
                part.done.completeExceptionally(failure);
            }
        });
        filled(part);
        return part;
    }

    void sent(LoadBatch batch) {
        ready.remove(batch.from);
        sending.put(batch.from, batch);
    }

    /** Nothing of it is to be done any more. */
    void finished(LoadBatch batch) {
        sending.remove(batch.from);
        done.add(batch.from, batch.to);
        refused += batch.refusedCount();
        batch.done.complete(null);
    }

    /** In the order of the source. */
    Iterable<LoadBatch> ready() {
        return ready.values();
    }

    int readyCount() {
        return ready.size();
    }

    /** Whether a batch that may be cut has records. */
    boolean hasBegun() {
        return open.values().stream().anyMatch(batch -> !batch.isEmpty() && !batch.inherited);
    }

    /** What was added and is not done, except what belongs to a batch of an earlier life that is not whole yet. */
    List<LoadBatch> underWay() {
        List<LoadBatch> all = new ArrayList<>(ready.values());
        all.addAll(sending.values());
        open.values().stream().filter(batch -> !batch.isEmpty() && !batch.inherited).forEach(all::add);
        return all;
    }

    /** Everything that may have been sent, or may be without a further plan. */
    List<PositionRange> planned() {
        List<PositionRange> all = new ArrayList<>();
        for (TreeMap<Long, LoadBatch> batches : List.of(open, ready, sending)) {
            batches.values().forEach(batch -> all.add(batch.range()));
        }
        all.sort((a, b) -> Long.compare(a.from(), b.from()));
        return all;
    }
}
