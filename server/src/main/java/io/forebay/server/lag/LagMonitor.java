package io.forebay.server.lag;

import io.forebay.engine.Forebay;
import io.forebay.engine.MoveWatch;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second which collections moved or are behind, keeps what it saw in a {@link LagHistory}, and tells those
 * who follow. A look costs what moved and what is behind; collections at rest cost nothing. Does not own the engine.
 *
 * <p>Threads: {@code lag-monitor} looks, all other methods may be called by any. Seconds are counted from the start by a
 * clock that is never set.
 *
 * <p>Failure: a look that fails, with whatever, is told once in the log, and the next one looks again; what it had taken
 * is seen when it moves again or if it was behind.
 */
public final class LagMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LagMonitor.class);
    private static final long LOOK_MILLIS = 1_000;

    private final Forebay engine;
    private final MoveWatch watch;
    private final LagHistory history = new LagHistory();
    private final Drops drops = new Drops();
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private final long beganMillis = System.currentTimeMillis();
    private final long beganNanos = System.nanoTime();
    private final ScheduledExecutorService looking;
    private volatile Sample store = new Sample(0, 0, 0, Lag.NONE, Lag.NONE, 0, 0);
    // Of the one who looks.
    private Set<Integer> behind = new HashSet<>();
    private @Nullable String complained;

    /**
     * What changed between two seconds.
     *
     * @param moved   numbers, ascending
     * @param removed ids of collections that are no more
     */
    public record Changes(int[] moved, List<UUID> removed) {}

    private LagMonitor(Forebay engine, boolean byItself) {
        this.engine = engine;
        this.watch = engine.watchMoves();
        for (CollectionStatus status : engine.statuses()) {
            if (status.isBehind()) {
                behind.add(status.number());
            }
        }
        this.looking = LagThreads.every(LOOK_MILLIS, byItself ? this::lookNow : () -> {});
    }

    public static LagMonitor start(Forebay engine) {
        return new LagMonitor(engine, true);
    }

    /** One that looks when {@link #look} is called, and not by itself. */
    static LagMonitor stopped(Forebay engine) {
        return new LagMonitor(engine, false);
    }

    private void lookNow() {
        try {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
            int second = (int) ((millis + LOOK_MILLIS / 2) / LOOK_MILLIS); // a look comes a little early or late
            if (second > history.now()) {
                look(second);
            }
            complained = null;
        } catch (Throwable e) {
            complain(e);
        }
        for (Runnable follower : followers) {
            tell(follower);
        }
    }

    /** One that fails must not keep the others from being told. */
    private void tell(Runnable follower) {
        try {
            follower.run();
        } catch (Throwable e) {
            complain(e);
        }
    }

    /** Never fails: the timer would never call again. */
    private void complain(Throwable e) {
        try {
            String complaint = String.valueOf(e);
            if (!complaint.equals(complained)) {
                LOG.warn("the lag of this second is not known, or not told to all", e);
                complained = complaint;
            }
        } catch (Throwable unreported) {
            // No memory for the report either.
            e.addSuppressed(unreported);
        }
    }

    void look(int second) {
        MoveWatch.Moves moves = watch.take();
        Map<Integer, CollectionStatus> seen = new HashMap<>();
        for (CollectionStatus status : moves.moved()) {
            seen.put(status.number(), status);
        }
        for (int number : behind) {
            CollectionStatus status = seen.containsKey(number) ? null : engine.status(number);
            if (status != null) {
                seen.put(number, status);
            }
        }
        List<Sample> samples = new ArrayList<>(seen.size());
        Set<Integer> stillBehind = new HashSet<>();
        for (CollectionStatus status : seen.values()) {
            samples.add(Sample.of(status, second));
            if (status.isBehind()) {
                stillBehind.add(status.number());
            }
        }
        behind = stillBehind;
        drops.add(second, moves.dropped());
        store = storeAt(second, samples);
        history.add(second, samples, store);
    }

    private Sample storeAt(int second, List<Sample> samples) {
        Lag ingest = Lag.NONE;
        Lag index = Lag.NONE;
        double linkRate = 0;
        for (Sample sample : samples) {
            linkRate += sample.index().records() > 0 ? sample.linkRate() : 0;
            ingest = sum(ingest, sample.ingest());
            index = sum(index, sample.index());
        }
        return new Sample(behind.size(), second, engine.lastSeqId(), ingest, index,
                engine.applyRate().recordsPerSecond(), linkRate);
    }

    /** Records and bytes of both, seconds of the worse. */
    private static Lag sum(Lag one, Lag other) {
        return new Lag(one.records() + other.records(), one.bytes() + other.bytes(),
                Math.max(one.seconds(), other.seconds()));
    }

    public LagHistory history() {
        return history;
    }

    /** As of the last look. */
    public Sample store() {
        return store;
    }

    /** The wall clock's time of a second. */
    public long millisOf(int second) {
        return beganMillis + second * LOOK_MILLIS;
    }

    /** The second at or before this time of the wall clock; 0 for what was before the start. */
    public int secondOf(long millis) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE - 1, (millis - beganMillis) / LOOK_MILLIS));
    }

    /** Null when what happened between these seconds, the first not included, is partly forgotten. */
    public @Nullable Changes changes(int after, int to, LagScope scope) {
        int[] moved = history.movedBetween(after, to);
        List<CollectionInfo> dropped = drops.between(after, to);
        if (moved == null || dropped == null) {
            return null;
        }
        return new Changes(moved,
                dropped.stream().filter(scope::includes).map(CollectionInfo::id).toList());
    }

    /** Called after each look, on its thread: it must be quick. */
    public void follow(Runnable afterLook) {
        followers.add(afterLook);
    }

    public void unfollow(Runnable afterLook) {
        followers.remove(afterLook);
    }

    @Override
    public void close() {
        looking.shutdownNow();
        watch.close();
    }
}
