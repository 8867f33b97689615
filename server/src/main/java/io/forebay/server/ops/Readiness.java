package io.forebay.server.ops;

/**
 * Whether a server may be sent requests: not before its store is open, and not after it was told to stop.
 *
 * <p>Threads: any may ask; {@code main} and the shutdown hook move it, one way only.
 */
public final class Readiness {
    /** In the order in which they come. */
    public enum Phase {
        OPENING, SERVING, DRAINING
    }

    private volatile Phase phase;

    private Readiness(Phase phase) {
        this.phase = phase;
    }

    public static Readiness opening() {
        return new Readiness(Phase.OPENING);
    }

    public static Readiness serving() {
        return new Readiness(Phase.SERVING);
    }

    public Phase phase() {
        return phase;
    }

    public boolean isDraining() {
        return phase == Phase.DRAINING;
    }

    /** The store is open. */
    public synchronized void open() {
        if (phase == Phase.OPENING) {
            phase = Phase.SERVING;
        }
    }

    /** The server is about to stop. */
    public synchronized void drain() {
        phase = Phase.DRAINING;
    }
}
