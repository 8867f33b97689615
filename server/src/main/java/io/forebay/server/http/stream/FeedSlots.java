package io.forebay.server.http.stream;

import io.forebay.engine.ChangeFeed;
import io.forebay.engine.Forebay;
import io.forebay.engine.RetryAfter;
import io.forebay.model.ForebayException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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

    /**
     * A change feed that has a slot.
     *
     * @param fromSeqId null for what is written from now on
     * @throws io.forebay.engine.PurgedException when the log does not keep it
     * @throws ForebayException NOT_FOUND, or BACKOFF when all slots are taken
     */
    public ChangeFeed open(Forebay engine, UUID collection, @Nullable Long fromSeqId) {
        ChangeFeed feed = engine.changes(collection, fromSeqId);
        try {
            take();
        } catch (RuntimeException full) {
            feed.close();
            throw full;
        }
        return feed;
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
