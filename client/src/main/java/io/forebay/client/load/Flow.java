package io.forebay.client.load;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a load: what was added, what is in flight, what is done, and who waits for room.
 *
 * <p>Threads: everything is guarded by one lock, under which nothing waits but producers for room (which gives it up) and
 * nothing is encoded, sent or written: those are handed to other threads.
 *
 * <p>Failure: the first that the load cannot survive is kept; then nothing is sent any more, and whoever adds or waits is
 * told. What is in flight still counts when it is answered.
 */
final class Flow {
    private static final int READY_MIN = 4;
    private static final long LINGER_NANOS = 200_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition landed = lock.newCondition();
    private final LoadSettings settings;
    private final BatchPlan plan;
    private final LoadController controller;
    private final IdsInFlight ids = new IdsInFlight();
    private final LoadCounts counts;
    private final Consumer<LoadBatch> sender;
    private final Runnable keeper;
    private final boolean isKept;
    private long nextPosition;
    private long heldBytes;
    private int inFlight;
    private long pausedUntil;
    private boolean paused;
    private long lastAdd;
    private long planKept;
    private boolean stopping;
    private @Nullable ForebayException failure;

    /** @param keeper has the plan written; null when there is no checkpoint */
    Flow(LoadSettings settings, BatchPlan plan, LoadCounts counts, Consumer<LoadBatch> sender,
            @Nullable Runnable keeper) {
        this.settings = settings;
        this.plan = plan;
        this.counts = counts;
        this.sender = sender;
        this.keeper = keeper == null ? () -> {} : keeper;
        this.isKept = keeper != null;
        this.nextPosition = settings.first;
        this.controller = new LoadController(settings.batchRecords, settings.concurrency,
                settings.concurrencyMax);
    }

    /**
     * Takes a record; false when there is no room and it was not to wait.
     *
     * @param at its place in the source; below 0 for the next
     */
    boolean add(long at, String id, float @Nullable [] embedding, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata, @Nullable String uri, boolean wait) {
        lock.lock();
        try {
            while (true) {
                check();
                long position = at < 0 ? nextPosition : at;
                if (plan.isDone(position)) {
                    taken(position);
                    return true;
                }
                LoadRecord record = new LoadRecord(position, id, embedding, document, metadata, uri);
                LoadBatch batch = plan.openAt(position);
                boolean mustTake = batch != null && batch.inherited;
                if (!mustTake && isStuck(record.bytes()) && plan.hasBegun()) {
                    cut();
                    continue;
                }
                if (mustTake || hasRoom(record.bytes())) {
                    put(batch == null ? reserve(position, record.bytes()) : batch, record);
                    return true;
                }
                if (!wait) {
                    return false;
                }
                await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A position of the source that has no record to load. */
    void leaveOut(long at, boolean isBad) {
        lock.lock();
        try {
            check();
            long position = at < 0 ? nextPosition : at;
            if (plan.isDone(position)) {
                taken(position);
                return;
            }
            LoadBatch batch = plan.openAt(position);
            LoadBatch target = batch == null ? reserve(position, 0) : batch;
            if (!target.leaveOut(position)) {
                throw twice(position);
            }
            taken(position);
            if (isBad) {
                target.refuse(position);
            }
            if (target.isFull()) {
                plan.filled(target);
            }
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    boolean isDone(long position) {
        lock.lock();
        try {
            return plan.isDone(position);
        } finally {
            lock.unlock();
        }
    }

    private void put(LoadBatch batch, LoadRecord record) {
        if (!batch.put(record)) {
            throw twice(record.position());
        }
        heldBytes += record.bytes();
        taken(record.position());
        lastAdd = System.nanoTime();
        if (batch.isFull()) {
            plan.filled(batch);
            dispatch();
        }
    }

    private void taken(long position) {
        nextPosition = Math.max(nextPosition, position + 1);
        counts.read++;
    }

    private LoadBatch reserve(long position, long recordBytes) {
        if (plan.isUnderWay(position)) {
            throw twice(position);
        }
        LoadBatch batch = plan.reserve(position, batchRecords(recordBytes), controller.sizeGeneration());
        keeper.run();
        return batch;
    }

    /** As the controller wants it, as far as one request and the memory allow. */
    private int batchRecords(long recordBytes) {
        long bytesOfOne = Math.max(64, Math.max(recordBytes, counts.meanRecordBytes()));
        long most = Math.min(settings.batchBytesMax,
                settings.bytesMax / (2L * controller.concurrency() + READY_MIN)) / bytesOfOne;
        return (int) Math.max(1, Math.min(controller.batchRecords(), most));
    }

    private static IllegalArgumentException twice(long position) {
        return new IllegalArgumentException("position " + position + " was added twice");
    }

    /** Also when there is nothing to wait for: one record larger than the bound, or batches of an earlier life fill it. */
    private boolean hasRoom(long bytes) {
        int readyMax = Math.max(READY_MIN, controller.concurrency() + 1);
        return heldBytes + bytes <= settings.bytesMax && plan.readyCount() < readyMax || isStuck(bytes);
    }

    /** The memory is full of batches that wait for more records: nothing that is on its way makes room. */
    private boolean isStuck(long bytes) {
        return heldBytes + bytes > settings.bytesMax && inFlight == 0 && plan.readyCount() == 0;
    }

    /** Makes batches of what has come so far. */
    private void cut() {
        plan.cut(false);
        keeper.run();
        dispatch();
    }

    private void await() {
        try {
            room.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "interrupted while waiting for room", e);
        }
    }

    private void check() {
        if (failure != null) {
            throw failure.again();
        }
        if (stopping) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "the load was stopped");
        }
    }

    /** Sends what may be sent. */
    private void dispatch() {
        if (failure != null || stopping || paused && System.nanoTime() - pausedUntil < 0) {
            return;
        }
        paused = false;
        while (inFlight < controller.concurrency()) {
            LoadBatch next = next();
            if (next == null) {
                return;
            }
            plan.sent(next);
            inFlight++;
            next.isInFlight = true;
            next.sendGeneration = controller.generation();
            next.sentNanos = System.nanoTime();
            sender.accept(next);
        }
    }

    /** The first in the order of the source, and no other: two records of one id keep their order. */
    private @Nullable LoadBatch next() {
        for (LoadBatch batch : plan.ready()) {
            if (isKept && batch.planVersion > planKept) {
                keeper.run();
                return null;
            }
            return ids.enter(batch) ? batch : null;
        }
        return null;
    }

    void acked(LoadBatch batch, int encodedBytes, boolean replayed) {
        lock.lock();
        try {
            boolean starved = inFlight + plan.readyCount() < controller.concurrency();
            landed(batch);
            finished(batch);
            counts.acked(batch, encodedBytes, replayed);
            int size = controller.sizeGeneration();
            if (batch.attempts == 0) {
                long now = System.nanoTime();
                controller.acked(now, batch.records.size(), now - batch.sentNanos, batch.sizeGeneration,
                        batch.sendGeneration, starved);
            }
            if (size != controller.sizeGeneration()) {
                plan.dropEmpty();
            }
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    /** A batch was refused for what is in it: its halves go instead. */
    void halve(LoadBatch batch) {
        lock.lock();
        try {
            landed(batch);
            plan.halve(batch);
            keeper.run();
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    /** The only record of a batch was refused, and reported. */
    void refused(LoadBatch batch, ForebayException reason) {
        lock.lock();
        try {
            landed(batch);
            batch.refuse(batch.records.get(0).position());
            oneMoreRefused(reason); // before whoever waits for the batch is told
            finished(batch);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    void countRefused(ForebayException reason) {
        lock.lock();
        try {
            oneMoreRefused(reason);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    private void oneMoreRefused(ForebayException reason) {
        counts.refused++;
        if (counts.refused > settings.errorsMax) {
            fail(new ForebayException(reason.code(), (settings.errorsMax == 0
                    ? "a record was refused"
                    : "more than " + settings.errorsMax + " records were refused, the last one")
                    + ": " + reason.getMessage()));
        }
    }

    /** It stays planned, for the next life. */
    void abandoned(LoadBatch batch) {
        lock.lock();
        try {
            landed(batch);
        } finally {
            lock.unlock();
        }
    }

    /** Once for each batch that was sent, though a failure on the way may come here a second time. */
    private void landed(LoadBatch batch) {
        if (!batch.isInFlight) {
            return;
        }
        batch.isInFlight = false;
        inFlight--;
        ids.leave(batch);
        room.signalAll();
        landed.signalAll();
    }

    private void finished(LoadBatch batch) {
        heldBytes -= batch.bytes;
        plan.finished(batch);
    }

    /** The server said 429: less in flight, and nothing new for a while. */
    void backoff(long waitNanos) {
        lock.lock();
        try {
            long now = System.nanoTime();
            controller.backoff(now);
            counts.retries++;
            long until = now + waitNanos;
            pausedUntil = !paused || until - pausedUntil > 0 ? until : pausedUntil;
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    void countRetry() {
        lock.lock();
        try {
            counts.retries++;
        } finally {
            lock.unlock();
        }
    }

    void fail(ForebayException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
                plan.underWay().forEach(batch -> batch.done.completeExceptionally(cause));
                room.signalAll();
                landed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    ForebayException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Completes when everything that was added has been acknowledged or refused. */
    CompletableFuture<Void> drain(boolean end) {
        lock.lock();
        try {
            check();
            if (end || plan.hasBegun()) {
                plan.cut(end);
                keeper.run();
            }
            dispatch();
            return CompletableFuture.allOf(
                    plan.underWay().stream().map(batch -> batch.done).toArray(CompletableFuture[]::new));
        } finally {
            lock.unlock();
        }
    }

    /** Now and then: sends what has waited long enough for more. */
    void tick() {
        lock.lock();
        try {
            if (inFlight == 0 && plan.readyCount() == 0 && System.nanoTime() - lastAdd > LINGER_NANOS
                    && failure == null && !stopping && plan.hasBegun()) {
                plan.cut(false);
                keeper.run();
            }
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    /** A plan up to this version is on disk. */
    void planKept(long version) {
        lock.lock();
        try {
            planKept = Math.max(planKept, version);
            dispatch();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopping() {
        lock.lock();
        try {
            return stopping || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Sends nothing more, and waits so long for what is in flight; false when that took longer. */
    boolean stop(long waitNanos) {
        lock.lock();
        try {
            stopping = true;
            room.signalAll();
            long left = waitNanos;
            while (inFlight > 0 && left > 0) {
                left = landed.awaitNanos(left);
            }
            return inFlight == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Reads several things of one moment. */
    <T> T look(Look<T> look) {
        lock.lock();
        try {
            return look.at(plan, counts, controller, inFlight);
        } finally {
            lock.unlock();
        }
    }

    /** What may be seen under the lock. */
    interface Look<T> {
        T at(BatchPlan plan, LoadCounts counts, LoadController controller, int inFlight);
    }

    static long nanos(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
