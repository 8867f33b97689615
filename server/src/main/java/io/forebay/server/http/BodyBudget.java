package io.forebay.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of the bodies of all requests that are not answered yet, bounded.
 *
 * <p>Threads: safe for any number.
 */
final class BodyBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    BodyBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    boolean take(long count) {
        long now = bytes.get();
        while (now + count <= bytesMax) {
            if (bytes.compareAndSet(now, now + count)) {
                return true;
            }
            now = bytes.get();
        }
        return false;
    }

    void give(long count) {
        bytes.addAndGet(-count);
    }

    long bytes() {
        return bytes.get();
    }

    long bytesMax() {
        return bytesMax;
    }
}
