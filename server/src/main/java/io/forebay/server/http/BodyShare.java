package io.forebay.server.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has of the {@link BodyBudget} for the request at hand, or its place in the queue for it.
 *
 * <p>Threads: the connection's event loop; what other threads grant comes there as a task.
 *
 * <p>Invariants: whatever happens, {@link #end} gives everything back once. At most one place at a time.
 */
public final class BodyShare {
    /** Taken for a body that does not say how long it is, before it begins: so it waits for its turn like others. */
    private static final long UNANNOUNCED_BYTES = 64 << 10;

    private final BodyBudget budget;
    private final long waitMillis;
    private long taken;
    private BodyBudget.@Nullable Place place;
    private @Nullable ScheduledFuture<?> patience;

    public BodyShare(BodyBudget budget, long waitMillis) {
        this.budget = budget;
        this.waitMillis = waitMillis;
    }

    /**
     * True when it may begin now; else one of the two is called, unless {@link #end} comes before.
     *
     * @param announced length, or -1 when it is not known
     */
    public boolean ask(long announced, EventLoop loop, Runnable granted, Runnable refused) {
        long bytes = announced < 0 ? Math.min(UNANNOUNCED_BYTES, budget.bytesMax()) : announced;
        BodyBudget.Place waits = bytes == 0
                ? null
                : budget.ask(bytes, ready -> HttpThreads.soonOnLoop(loop, () -> {
                    if (ready == place) {
                        has(ready);
                        granted.run();
                    }
                }));
        if (waits == null) {
            taken += bytes;
            return true;
        }
        place = waits;
        patience = loop.schedule(() -> {
            if (waits == place && budget.cancel(waits)) {
                place = null;
                refused.run();
            }
        }, waitMillis, TimeUnit.MILLISECONDS);
        return false;
    }

    private void has(BodyBudget.Place ready) {
        place = null;
        taken += ready.count();
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    /** Whether a body of which so much has come may be kept. */
    public boolean covers(long received) {
        if (received <= taken) {
            return true;
        }
        if (!budget.take(received - taken)) {
            return false;
        }
        taken = received;
        return true;
    }

    public void end() {
        BodyBudget.Place waits = place;
        place = null;
        if (waits != null && !budget.cancel(waits)) {
            budget.give(waits.count()); // granted, and the news is on its way
        }
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
        budget.give(taken);
        taken = 0;
    }
}
