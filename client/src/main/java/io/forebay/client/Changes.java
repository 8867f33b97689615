package io.forebay.client;

import io.forebay.model.ForebayException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a collection in the order of the log, without an end: {@link #hasNext} waits for the next, until the
 * collection is dropped or this is closed. A broken connection is replaced, and the feed goes on where it was: nothing is
 * missing and nothing comes twice. Only acknowledged or durable changes come.
 *
 * <p>The first change may begin before the seqId that was asked for, because batches are not split.
 *
 * <p>Threads: one iterates; any may close, which ends the iteration.
 *
 * <p>Failure: {@link #hasNext} throws {@link ChangesPurgedException} when the log does not keep what comes next, and
 * {@link ForebayException} when the server cannot be reached in as many attempts as other calls are given.
 */
public final class Changes implements Iterator<Change>, AutoCloseable {
    private final Transport transport;
    private final Routes.Records collection;
    private final RetryPolicy policy;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable ChangeSource source;
    private volatile long nextSeqId;
    private @Nullable Change next;
    private boolean isOver;
    private int failures;
    private long failingSinceNanos;

    Changes(Transport transport, Routes.Records collection, RetryPolicy policy, long fromSeqId) {
        this.transport = transport;
        this.collection = collection;
        this.policy = policy;
        this.nextSeqId = fromSeqId;
    }

    /** Where another feed would have to begin to go on behind what {@link #next} has given. */
    public long nextSeqId() {
        return nextSeqId;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !isOver) {
            try {
                Change change = source().next();
                isOver = change == null;
                next = change;
                failures = 0;
            } catch (AttemptFailure broken) {
                isOver = isClosed();
                if (!isOver) {
                    again(broken);
                }
            } catch (ForebayException failure) {
                isOver = true;
                if (!isClosed()) {
                    throw failure;
                }
            }
        }
        return next != null;
    }

    @Override
    public Change next() {
        Change change = hasNext() ? next : null;
        if (change == null) {
            throw new NoSuchElementException("the collection is dropped, or the feed is closed");
        }
        next = null;
        nextSeqId = change.maxSeqId() + 1;
        return change;
    }

    private ChangeSource source() {
        ChangeSource open = source;
        if (open == null) {
            open = transport.changes(collection, nextSeqId);
            source = open;
            if (isClosed()) {
                open.close();
            }
        }
        return open;
    }

    private void again(AttemptFailure broken) {
        ChangeSource old = source;
        source = null;
        if (old != null) {
            old.close();
        }
        long now = System.nanoTime();
        failingSinceNanos = failures == 0 ? now : failingSinceNanos;
        long wait = broken.kind() == AttemptFailure.Kind.REFUSED
                ? policy.waitAfterRefusal(broken.retryAfter(), failures++)
                : policy.waitAfterBreak(broken.retryAfter(), failures++, now - failingSinceNanos);
        if (wait < 0) {
            isOver = true;
            throw broken.told();
        }
        try {
            isOver = closed.await(wait, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AttemptFailure.unsent("interrupted while waiting for the server", e).told();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    @Override
    public void close() {
        closed.countDown();
        ChangeSource open = source;
        if (open != null) {
            open.close();
        }
    }
}
