package io.forebay.server.http.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done in turns on threads that others use too: at most one turn at a time, one more after each wake, so that
 * nothing which came before a wake is missed.
 *
 * <p>Threads: any may wake; turns run on the executor's, one after the other, with everything that one did visible to
 * the next.
 *
 * <p>Failure: a turn that throws is logged and told to the owner, who ends what it is about.
 */
public final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    /** What is done in a turn. */
    public interface Work {
        /** True when there is more to do at once. */
        boolean turn() throws Exception;

        /** A turn has thrown. */
        void failed();

        /** The threads have stopped: no turn is running, and none will come. */
        void stopped();
    }

    private final Executor threads;
    private final Work work;
    /** 0: no turn is queued or running; above 1: woken since the turn at hand began. */
    private final AtomicInteger wakes = new AtomicInteger();

    public Turns(Executor threads, Work work) {
        this.threads = threads;
        this.work = work;
    }

    /** There may be something to do. */
    public void wake() {
        if (wakes.getAndIncrement() == 0) {
            queueTurn();
        }
    }

    private void queueTurn() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            work.stopped();
        }
    }

    private void run() {
        wakes.set(1);
        boolean again = false;
        try {
            again = work.turn();
        } catch (Throwable failure) {
            LOG.error("a stream failed", failure);
            work.failed();
        }
        if (again || !wakes.compareAndSet(1, 0)) {
            queueTurn();
        }
    }
}
