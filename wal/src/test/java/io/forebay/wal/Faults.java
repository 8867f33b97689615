package io.forebay.wal;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Fail points that a test sets while the log runs. */
final class Faults implements FailPoints {

    /** What happens at a point. */
    interface Action {
        void run() throws IOException;
    }

    private volatile long clockShiftMillis;
    private final Map<Point, Action> actions = new ConcurrentHashMap<>();

    /** Sets the clock so much forward, or back. */
    void shiftClock(long millis) {
        clockShiftMillis += millis;
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis() + clockShiftMillis;
    }

    @Override
    public void at(Point point) throws IOException {
        Action action = actions.get(point);
        if (action != null) {
            action.run();
        }
    }

    void set(Point point, Action action) {
        actions.put(point, action);
    }

    void clear(Point point) {
        actions.remove(point);
    }

    void fail(Point point) {
        set(point, () -> {
            throw new IOException("injected at " + point);
        });
    }

    /** Whoever comes there waits until the gate is opened. */
    Gate block(Point point) {
        Gate gate = new Gate();
        set(point, gate::pass);
        return gate;
    }

    static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        private void pass() {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void awaitReached() throws InterruptedException {
            reached.await();
        }

        void open() {
            open.countDown();
        }
    }
}
