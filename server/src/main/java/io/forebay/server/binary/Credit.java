package io.forebay.server.binary;

/**
 * What one client may still send, in bytes. A frame may be begun while it is above 0, so it may fall below by one frame.
 *
 * <p>Invariant: what is spent comes back once: {@link #free} when the frame is not kept any more, {@link #give} with
 * the next frame to the client.
 *
 * <p>Threads: the connection's event loop.
 */
final class Credit {
    private final int window;
    private long left;
    private long freed;

    Credit(int window) {
        this.window = window;
        this.left = window;
    }

    /** False when there was nothing left. */
    boolean spend(int bytes) {
        boolean ok = left > 0;
        left -= bytes;
        return ok;
    }

    void free(int bytes) {
        freed += bytes;
    }

    /** Whether so much is free that it should be told though there is nothing else to say. */
    boolean isDue() {
        return freed >= window / 4;
    }

    /** All that is free, which the frame that is sent now tells the client. */
    int give() {
        int given = (int) Math.min(Integer.MAX_VALUE, freed);
        freed -= given;
        left += given;
        return given;
    }
}
