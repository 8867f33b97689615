package io.forebay.server.http;

import io.forebay.server.http.route.BodySink;
import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Request;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.stream.Turns;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of one request on its way from the connection to its {@link BodySink}, which may wait for a disk and so works on
 * other threads.
 *
 * <p>Back-pressure: what the sink has not taken waits here, up to {@link #WAITING_BYTES_MAX} and one piece (and
 * {@link #PIECES_MAX} pieces, because each keeps some memory however short it is); then {@link #isFull} holds until half
 * of it is taken, and the connection gives nothing and does not read. It holds also until the sink is there. So the memory
 * of an upload does not depend on its length, and a slow disk slows the client down.
 *
 * <p>Threads: the connection's event loop gives; turns on the executor take, one at a time. What waits is under the object's
 * own lock. The connection is told on its event loop.
 *
 * <p>Failure: what the sink throws is the answer. However it ends, each piece is released once, and the sink has either
 * ended or been aborted.
 */
final class StreamedBody implements Turns.Work {
    static final int WAITING_BYTES_MAX = 1 << 20;
    static final int PIECES_MAX = 256;
    private static final Logger LOG = LoggerFactory.getLogger(StreamedBody.class);

    private final String what;
    private final BodySink.Source source;
    private final Request request;
    private final Runnable opened;
    private final Runnable hasRoom;
    private final Consumer<Response> answer;
    private final EventExecutor loop;
    private final Turns turns;

    // Under the lock.
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private int waitingBytes;
    /** At first, too: nothing is taken in before the sink is there, because many may wait for that. */
    private boolean full = true;
    private boolean whole;
    private boolean lost;
    private boolean over;

    // Of the turn.
    private @Nullable BodySink sink;

    /**
     * All three are called on the event loop, and not after {@link #close}.
     *
     * @param what    for people: which request
     * @param opened  the sink is there: the body may come
     * @param hasRoom it is not full any more
     * @param answer  what to answer, also while the body is still coming; comes once and last
     */
    StreamedBody(String what, BodySink.Source source, Request request, Runnable opened, Runnable hasRoom,
            Consumer<Response> answer, EventExecutor loop, Executor threads) {
        this.what = what;
        this.source = source;
        this.request = request;
        this.opened = opened;
        this.hasRoom = hasRoom;
        this.answer = answer;
        this.loop = loop;
        this.turns = new Turns(threads, this);
    }

    long bytesMax() {
        return source.bytesMax();
    }

    void start() {
        turns.wake();
    }

    /** Not while it is full. Takes a reference of its own. */
    void give(ByteBuf piece) {
        if (!piece.isReadable()) {
            return;
        }
        synchronized (this) {
            if (over || lost) {
                return;
            }
            waiting.add(piece.retain());
            waitingBytes += piece.readableBytes();
            full = full || waitingBytes > WAITING_BYTES_MAX || waiting.size() >= PIECES_MAX;
        }
        turns.wake();
    }

    synchronized boolean isFull() {
        return full;
    }

    synchronized int waitingBytes() {
        return waitingBytes;
    }

    /** All was given. */
    void end() {
        synchronized (this) {
            whole = true;
        }
        turns.wake();
    }

    /** Nobody wants an answer any more. Of no effect on a sink that is ending already. */
    void close() {
        synchronized (this) {
            lost = true;
        }
        turns.wake();
    }

    @Override
    public boolean turn() {
        try {
            return !isOver() && step();
        } catch (Throwable e) {
            abort();
            tell(ErrorAnswers.of(e, what));
            return false;
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    private boolean step() throws Exception {
        if (isLost()) {
            abort();
            return false;
        }
        BodySink taking = sink;
        if (taking == null) {
            taking = source.open(request);
            sink = taking;
            opened();
        }
        int bytes = 0;
        for (ByteBuf piece = poll(); piece != null; piece = poll()) {
            try {
                bytes += piece.readableBytes();
                taking.take(piece.nioBuffer());
            } finally {
                taken(piece);
            }
            if (bytes >= WAITING_BYTES_MAX) {
                return true; // others have their turn
            }
        }
        if (isWhole()) {
            Response response = Objects.requireNonNull(taking.end());
            sink = null;
            finish();
            tell(response);
        }
        return false;
    }

    private void opened() {
        synchronized (this) {
            full = false;
        }
        tell(opened);
    }

    private synchronized boolean isLost() {
        return lost;
    }

    private synchronized boolean isWhole() {
        return whole && waiting.isEmpty() && !lost;
    }

    private synchronized @Nullable ByteBuf poll() {
        return lost ? null : waiting.poll();
    }

    private void taken(ByteBuf piece) {
        boolean roomAgain;
        synchronized (this) {
            waitingBytes -= piece.readableBytes();
            piece.release();
            roomAgain = full && waitingBytes <= WAITING_BYTES_MAX / 2 && waiting.size() <= PIECES_MAX / 2;
            full = full && !roomAgain;
        }
        if (roomAgain) {
            tell(hasRoom);
        }
    }

    private synchronized void finish() {
        over = true;
        full = false;
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        waitingBytes = 0;
    }

    private void abort() {
        finish();
        BodySink open = sink;
        sink = null;
        if (open != null) {
            try {
                open.abort();
            } catch (RuntimeException e) {
                LOG.warn("what is left of an upload cannot be removed now", e);
            }
        }
    }

    private void tell(Response response) {
        tell(() -> answer.accept(response));
    }

    private void tell(Runnable news) {
        HttpThreads.soonOnLoop(loop, () -> {
            if (!isLost()) {
                news.run();
            }
        });
    }

    @Override
    public void failed() {
        abort();
    }

    @Override
    public void stopped() {
        abort();
    }
}
