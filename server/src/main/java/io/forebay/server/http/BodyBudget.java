package io.forebay.server.http;

import io.forebay.engine.RetryAfter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the bodies in memory, bounded. Who finds no room waits in a queue, and is served in the order of coming: while
 * one waits nobody who came later begins, however small his body is, so that a large one gets its turn. Only who has
 * begun without saying how long his body is may pass the queue, because he gives nothing back before he is done.
 *
 * <p>Threads: any; each method holds the object's own lock for a few instructions. Who gets room is told outside it, on the
 * thread that gave some back.
 */
public final class BodyBudget {
    private static final double MEMORY_SECONDS = 5;

    /** One who waits. */
    static final class Place {
        private final long count;
        private final Consumer<Place> granted;

        private Place(long count, Consumer<Place> granted) {
            this.count = count;
            this.granted = granted;
        }

        long count() {
            return count;
        }
    }

    private final long bytesMax;
    private final LongSupplier nanoClock;
    private final ArrayDeque<Place> queue = new ArrayDeque<>();
    private long bytes;
    private long waitingBytes;
    /** What was given back, older times weighing less. */
    private double recentlyGiven;
    private long recentlyNanos;

    BodyBudget(long bytesMax) {
        this(bytesMax, System::nanoTime);
    }

    BodyBudget(long bytesMax, LongSupplier nanoClock) {
        this.bytesMax = bytesMax;
        this.nanoClock = nanoClock;
        this.recentlyNanos = nanoClock.getAsLong();
    }

    /** For a body that has begun. */
    synchronized boolean take(long count) {
        if (bytes + count > bytesMax) {
            return false;
        }
        bytes += count;
        return true;
    }

    /**
     * For a body that is announced. Null: there is room, and it is taken. Else a place in the queue; {@code granted} is
     * called once its room is taken, if it is not cancelled before.
     */
    @Nullable
    Place ask(long count, Consumer<Place> granted) {
        synchronized (this) {
            if (queue.isEmpty() && bytes + count <= bytesMax) {
                bytes += count;
                return null;
            }
            Place place = new Place(count, granted);
            queue.addLast(place);
            waitingBytes += count;
            return place;
        }
    }

    /** True when it waited still; false when its room is taken already. */
    boolean cancel(Place place) {
        List<Place> ready;
        synchronized (this) {
            if (!queue.remove(place)) {
                return false;
            }
            waitingBytes -= place.count;
            ready = admitted();
        }
        ready.forEach(next -> next.granted.accept(next));
        return true;
    }

    void give(long count) {
        if (count == 0) {
            return;
        }
        List<Place> ready;
        synchronized (this) {
            bytes -= count;
            recentlyGiven = decayed() + count;
            recentlyNanos = nanoClock.getAsLong();
            ready = admitted();
        }
        ready.forEach(next -> next.granted.accept(next));
    }

    /** Takes room for those in front, as far as it goes. Under the lock. */
    private List<Place> admitted() {
        Place next = queue.peekFirst();
        if (next == null || bytes + next.count > bytesMax) {
            return List.of();
        }
        List<Place> ready = new ArrayList<>();
        while (next != null && bytes + next.count <= bytesMax) {
            queue.removeFirst();
            waitingBytes -= next.count;
            bytes += next.count;
            ready.add(next);
            next = queue.peekFirst();
        }
        return ready;
    }

    private double decayed() {
        double seconds = (nanoClock.getAsLong() - recentlyNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        return recentlyGiven * Math.exp(-seconds / MEMORY_SECONDS);
    }

    /** When so many more bytes may find room behind those who wait, at the rate of the last seconds. */
    public synchronized int retryAfterSeconds(long count) {
        return RetryAfter.seconds(bytes + waitingBytes + count - bytesMax, decayed() / MEMORY_SECONDS);
    }

    public synchronized long bytes() {
        return bytes;
    }

    public synchronized int waiting() {
        return queue.size();
    }

    public long bytesMax() {
        return bytesMax;
    }
}
