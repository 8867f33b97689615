package io.forebay.server.http.stream;

import io.forebay.engine.RetryAfter;
import io.forebay.model.ForebayException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many answers without an end, or bodies of any length, of one kind are open, bounded.
 *
 * <p>Threads: safe for any number.
 */
public final class FeedSlots {
    private final int max;
    private final String what;
    private final String key;
    private final String limit;
    private final AtomicInteger open = new AtomicInteger();

    public FeedSlots(int max) {
        this(max, "change feeds");
    }

    /** @param what for people: what is bounded */
    public FeedSlots(int max, String what) {
        this(max, what, "server.changes_max", "changes");
    }

    /**
     * @param key   of the configuration
     * @param limit its name, for counting
     */
    public FeedSlots(int max, String what, String key, String limit) {
        this.max = max;
        this.what = what;
        this.key = key;
        this.limit = limit;
    }

    /** @throws ForebayException BACKOFF when all are taken */
    public void take() {
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            throw ForebayException.backoff(limit,
                    key + " (" + max + " " + what + " at once) is reached: backoff and try again",
                    RetryAfter.withJitter(RetryAfter.SECONDS_UNKNOWN));
        }
    }

    public void give() {
        open.decrementAndGet();
    }

    public int open() {
        return open.get();
    }
}
