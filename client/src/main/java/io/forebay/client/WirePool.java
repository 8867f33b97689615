package io.forebay.client;

import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client: opened when there is something to send and all others have something to do, up to a
 * number; a request goes to the one with the fewest bytes unanswered. One that broke is replaced by the next request.
 *
 * <p>Bytes that wait (for a connection or for credit) are bounded by {@code queueBytesMax}: beyond it {@link #send}
 * holds up its caller, for as long as a request may take, which then fails. One request is let in whatever its size.
 * On a thread that must not wait a request beyond the bound fails at once, with BACKOFF.
 *
 * <p>Threads: any.
 */
final class WirePool {
    private static final long LOOK_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(2);

    private final WireSettings settings;
    private final ClientThreads threads;
    private final Object lock = new Object();
    private final List<WireConnection> connections = new ArrayList<>();
    /** Those that take no further requests, and have some under way. */
    private final List<WireConnection> leaving = new ArrayList<>();
    private long queuedBytes;
    private @Nullable ScheduledFuture<?> looking;
    private long lookAtNanos;
    private boolean isClosed;

    WirePool(WireSettings settings, ClientThreads threads) {
        this.settings = settings;
        this.threads = threads;
    }

    /** The request's answer says what became of it. */
    void send(WireRequest request) {
        RuntimeException refused = enter(request);
        if (refused != null) {
            request.answer.completeExceptionally(refused);
            return;
        }
        try {
            WireConnection connection = connection();
            while (!connection.writer().offer(request)) {
                leaving(connection); // its reader goes on, and may learn why it broke
                connection = connection();
            }
        } catch (IOException e) {
            taken(request.frameBytes);
            request.answer.completeExceptionally(
                    AttemptFailure.unsent("no socket for " + settings.address() + ": " + e.getMessage(), e));
        } catch (ForebayException closed) {
            taken(request.frameBytes);
            request.answer.completeExceptionally(closed);
        }
    }

    /** Waits for room; null when there is some. */
    private @Nullable RuntimeException enter(WireRequest request) {
        long deadline = System.nanoTime() + settings.requestTimeout().toNanos();
        synchronized (lock) {
            while (!isClosed && queuedBytes > 0
                    && queuedBytes + request.frameBytes > settings.queueBytesMax()) {
                long rest = deadline - System.nanoTime();
                if (!ClientThreads.mayBlock()) {
                    return ForebayException.backoff("client.queue_bytes_max", full(), 1);
                }
                if (rest <= 0) {
                    return new AttemptFailure(AttemptFailure.Kind.TIMED_OUT,
                            ForebayException.backoff("client.queue_bytes_max", full(), 1), null);
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, rest);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return AttemptFailure.unsent("interrupted while waiting for room to send", e).told();
                }
            }
            if (isClosed) {
                return AttemptFailure.closed();
            }
            queuedBytes += request.frameBytes;
        }
        return null;
    }

    private String full() {
        return queuedBytes + " bytes wait to be sent to " + settings.address()
                + ", which takes no more at the moment (queueBytesMax is " + settings.queueBytesMax() + ")";
    }

    /** So many bytes wait no longer. */
    void taken(long bytes) {
        synchronized (lock) {
            queuedBytes -= bytes;
            lock.notifyAll();
        }
    }

    /** The one that has least to do, or a new one. */
    WireConnection connection() throws IOException {
        synchronized (lock) {
            if (isClosed) {
                throw AttemptFailure.closed();
            }
            WireConnection best = null;
            long least = Long.MAX_VALUE;
            for (WireConnection connection : connections) {
                long bytes = connection.writer().outstandingBytes();
                if (bytes < least) {
                    best = connection;
                    least = bytes;
                }
            }
            if (best != null && (least == 0 || connections.size() >= settings.connections())) {
                return best;
            }
            WireConnection added = new WireConnection(settings, this, threads);
            connections.add(added);
            look();
            return added;
        }
    }

    void remove(WireConnection connection) {
        synchronized (lock) {
            connections.remove(connection);
            leaving.remove(connection);
        }
    }

    /** No further request goes to it. */
    void leaving(WireConnection connection) {
        synchronized (lock) {
            if (connections.remove(connection)) {
                leaving.add(connection);
            }
        }
    }

    private List<WireConnection> all() {
        synchronized (lock) {
            List<WireConnection> all = new ArrayList<>(connections);
            all.addAll(leaving);
            return all;
        }
    }

    /** One knows now how often it wants to be looked at. */
    void opened() {
        synchronized (lock) {
            look();
        }
    }

    /** With the lock: sees to it that somebody looks in time, while there is a connection. */
    private void look() {
        List<WireConnection> all = all();
        if (isClosed || all.isEmpty()) {
            return;
        }
        long nanos = Math.min(LOOK_NANOS_MAX, settings.requestTimeout().toNanos() / 8);
        for (WireConnection connection : all) {
            nanos = Math.min(nanos, connection.lookNanos());
        }
        long at = System.nanoTime() + Math.max(LOOK_NANOS_MIN, nanos);
        if (looking != null && lookAtNanos - at <= 0) {
            return;
        }
        if (looking != null) {
            looking.cancel(false);
        }
        lookAtNanos = at;
        try {
            looking = threads.timer().schedule(this::lookNow, at - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            isClosed = true;
        }
    }

    private void lookNow() {
        long now = System.nanoTime();
        for (WireConnection connection : all()) {
            connection.look(now);
        }
        synchronized (lock) {
            looking = null;
            look();
        }
    }

    void close() {
        synchronized (lock) {
            isClosed = true;
            lock.notifyAll();
        }
        all().forEach(WireConnection::close);
    }
}
