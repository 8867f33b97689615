package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection: which wait, which are under way, and who writes. A request is written as soon as
 * there is credit for it, in the order in which they came.
 *
 * <p>Threads: any. Whoever brings a request writes it on his own thread, and what others brought meanwhile with it,
 * so that small frames go together; nobody else writes then. After {@link #BURST_BYTES} of others a worker goes on.
 * What became possible on a thread that must not block (credit, an answer) is written by a worker.
 *
 * <p>Invariants: a frame begins only while credit is above 0, a request also only while fewer than {@code requestsMax} are
 * unanswered; frames about the connection (PING, PONG, CREDIT, CANCEL) go before requests. A request is in the queue, or
 * pending, or neither.
 *
 * <p>Failure: when writing fails nothing more is written, and nothing is given up yet: what the server said last may
 * still be read. {@link #close} hands out what is left.
 */
final class WireWriter {
    private static final long BURST_BYTES = 256 << 10;
    private static final byte[] NO_HEAD = {};
    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    private enum State {
        CONNECTING, OPEN,
        /** The server said GOAWAY. */
        LEAVING, BROKEN, CLOSED
    }

    /** What a connection leaves behind. */
    record Rest(List<WireRequest> queued, List<WireRequest> pending) {}

    private final ClientThreads threads;
    private final LongConsumer leftQueue;
    private final Object lock = new Object();
    private final ArrayDeque<WireRequest> queue = new ArrayDeque<>();
    private final ArrayDeque<FrameHeader> controls = new ArrayDeque<>();
    private final Map<Long, WireRequest> pending = new HashMap<>();
    private State state = State.CONNECTING;
    private long credit;
    private long frameBytesMax;
    private int requestsMax;
    private long nextId = 1;
    private boolean isWriting;
    private volatile long outstandingBytes;
    /** Only of whoever writes. */
    private @Nullable WireOutput output;

    /** @param leftQueue is told how many bytes wait no longer */
    WireWriter(ClientThreads threads, LongConsumer leftQueue) {
        this.threads = threads;
        this.leftQueue = leftQueue;
    }

    /** False when the connection takes no more requests. */
    boolean offer(WireRequest request) {
        synchronized (lock) {
            if (state != State.CONNECTING && state != State.OPEN) {
                return false;
            }
            request.deadlineNanos = System.nanoTime() + request.timeoutNanos;
            request.waitsAt(this);
            queue.add(request);
            outstandingBytes += cost(request);
            if (isWriting || !mayWrite()) {
                return true;
            }
            isWriting = true;
        }
        begin();
        return true;
    }

    /** A request costs something, however short it is. */
    private static long cost(WireRequest request) {
        return 1024L + request.frameBytes;
    }

    /** Of requests that are not answered, for whoever chooses between connections. */
    long outstandingBytes() {
        return outstandingBytes;
    }

    /** @param spentBytes what the greeting took of the credit */
    void open(WireOutput out, Fields welcome, int spentBytes) {
        synchronized (lock) {
            if (state != State.CONNECTING) {
                return;
            }
            output = out;
            credit += welcome.number("window_bytes", 0) - spentBytes;
            requestsMax = (int) Math.max(1, welcome.number("requests_max", 1));
            frameBytesMax = welcome.number("frame_bytes_max", Integer.MAX_VALUE);
            state = State.OPEN;
        }
        goOn();
    }

    void credit(int bytes) {
        boolean wasShort;
        synchronized (lock) {
            wasShort = credit <= 0;
            credit += Integer.toUnsignedLong(bytes);
        }
        if (wasShort) {
            goOn();
        }
    }

    void control(FrameHeader header) {
        synchronized (lock) {
            controls.add(header);
        }
        goOn();
    }

    /** Its answer is done: {@link #take} leaves it out, unless it was taken before. */
    void givenUp(WireRequest request) {
        synchronized (lock) {
            if (pending.get(request.id) != request) {
                return;
            }
            controls.add(FrameHeader.of(FrameType.CANCEL, 0, request.id, FrameHeader.NONE, 0, 0));
        }
        goOn();
    }

    /** Null when no such request is under way. */
    @Nullable
    WireRequest pending(long id) {
        synchronized (lock) {
            return pending.get(id);
        }
    }

    /** Its answer is there. */
    WireRequest finished(WireRequest request) {
        boolean wasFull;
        synchronized (lock) {
            wasFull = pending.size() >= requestsMax;
            if (pending.remove(request.id) != null) {
                outstandingBytes -= cost(request);
            }
        }
        if (wasFull) {
            goOn();
        }
        return request;
    }

    /** No further requests; answers those that were not written. */
    List<WireRequest> leave() {
        synchronized (lock) {
            if (state == State.OPEN || state == State.CONNECTING) {
                state = State.LEAVING;
            }
            return emptied();
        }
    }

    boolean isLeaving() {
        synchronized (lock) {
            return state == State.LEAVING;
        }
    }

    boolean isBroken() {
        synchronized (lock) {
            return state == State.BROKEN;
        }
    }

    /**
     * What has waited longer than it may. What was written goes on counting against the server's limit, and its
     * answer, if one comes, is dropped.
     */
    List<WireRequest> expired(long now) {
        List<WireRequest> late = new ArrayList<>();
        synchronized (lock) {
            for (Iterator<WireRequest> all = queue.iterator(); all.hasNext();) {
                WireRequest request = all.next();
                if (isLate(request, now)) {
                    all.remove();
                    outstandingBytes -= cost(request);
                    leftQueue.accept(request.frameBytes);
                    late.add(request);
                }
            }
            for (WireRequest request : pending.values()) {
                if (isLate(request, now)) {
                    late.add(request);
                }
            }
        }
        return late;
    }

    private static boolean isLate(WireRequest request, long now) {
        return request.timeoutNanos > 0 && now - request.deadlineNanos > 0 && !request.answer.isDone();
    }

    /** Once; later there is nothing left. */
    Rest close() {
        synchronized (lock) {
            state = State.CLOSED;
            Rest rest = new Rest(emptied(), new ArrayList<>(pending.values()));
            pending.clear();
            outstandingBytes = 0;
            return rest;
        }
    }

    private List<WireRequest> emptied() {
        List<WireRequest> all = new ArrayList<>(queue);
        queue.clear();
        for (WireRequest request : all) {
            outstandingBytes -= cost(request);
            leftQueue.accept(request.frameBytes);
        }
        return all;
    }

    // ---- writing ----

    private boolean mayWrite() {
        return state == State.OPEN && credit > 0 && pending.size() < requestsMax;
    }

    private boolean mayControl() {
        return (state == State.OPEN || state == State.LEAVING) && credit > 0;
    }

    /** Something may be written now that could not be before. */
    private void goOn() {
        synchronized (lock) {
            if (isWriting || !(!controls.isEmpty() && mayControl() || !queue.isEmpty() && mayWrite())) {
                return;
            }
            isWriting = true;
        }
        begin();
    }

    private void begin() {
        if (ClientThreads.mayBlock()) {
            write();
        } else {
            threads.run(this::write);
        }
    }

    /** Only by whoever set {@link #isWriting}. */
    private void write() {
        try {
            WireOutput out = Objects.requireNonNull(output);
            for (long bytes = 0; bytes < BURST_BYTES;) {
                FrameHeader control;
                WireRequest request = null;
                synchronized (lock) {
                    boolean isOver = state != State.OPEN && state != State.LEAVING;
                    control = mayControl() ? controls.poll() : null;
                    if (control != null) {
                        credit -= control.frameBytes();
                    } else {
                        request = take();
                        if (request == null && (isOver || out.isEmpty())) {
                            isWriting = false;
                            return;
                        }
                    }
                }
                if (control != null) {
                    out.put(control, NO_HEAD, NO_PAYLOAD);
                } else if (request == null) {
                    out.flush();
                } else if (request.frameBytes > frameBytesMax) {
                    refuse(request);
                } else {
                    bytes += request.frameBytes;
                    out.put(request.header(), request.head, request.payload);
                }
            }
            out.flush();
            threads.run(this::write);
        } catch (IOException | RuntimeException e) {
            synchronized (lock) {
                state = state == State.CLOSED ? State.CLOSED : State.BROKEN;
            }
        }
    }

    /** With the lock: the next that somebody waits for. */
    private @Nullable WireRequest take() {
        while (mayWrite()) {
            WireRequest request = queue.poll();
            if (request == null) {
                return null;
            }
            leftQueue.accept(request.frameBytes);
            if (request.answer.isDone()) {
                outstandingBytes -= cost(request);
            } else {
                if (request.frameBytes <= frameBytesMax) {
                    request.id = nextId++;
                    pending.put(request.id, request);
                    credit -= request.frameBytes;
                }
                return request;
            }
        }
        return null;
    }

    private void refuse(WireRequest request) {
        synchronized (lock) {
            outstandingBytes -= cost(request);
        }
        request.answer.completeExceptionally(new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                "a frame of " + request.frameBytes + " bytes, and the server takes " + frameBytesMax
                        + " (frame_bytes_max)"));
    }
}
