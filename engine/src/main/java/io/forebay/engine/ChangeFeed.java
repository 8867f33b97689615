package io.forebay.engine;

import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.wal.Wal;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalException;
import io.forebay.wal.WalReader;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of one collection in the order of the log, from a seqId on and without an end, read from the log itself.
 *
 * <p>It gives what is safe and nothing else: see {@link Followers}. So what it has given is never taken back, except by
 * what takes back an ack of durability {@code os} too.
 *
 * <p>Nothing is missing between two changes. Whatever is read is given only if no entry of this collection at or above
 * the wanted seqId was purged ({@link Wal#purgedThrough}, asked after reading); else {@link #next} throws
 * {@link PurgedException}. Jumps of the seqIds and purged entries of others are passed over. A feed that has given
 * everything is told where the next entry of its collection is, so it does not read what others write meanwhile.
 *
 * <p>Threads: one at a time calls next, again, release and close. {@link #appended}, {@link #dropped}, {@link #wake} and
 * {@link #storeClosed} are called by any thread and take no lock but that of {@link FeedPlace}.
 *
 * <p>It holds a file of the log (a purged one keeps its space until then) only between next and release, and never while
 * it has nothing to give.
 */
public final class ChangeFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
    /** So much of other collections is passed over in one call of next. */
    private static final long TURN_BYTES_MAX = 8 << 20;

    private final Wal wal;
    private final CollectionRuntime runtime;
    private final int incarnation;
    private final long fromSeqId;
    private final FeedPlace place;
    private volatile Runnable listener = () -> {};
    private volatile boolean dropDurable;
    private volatile boolean storeClosed;

    // Of the thread that reads.
    private @Nullable WalReader reader;
    private @Nullable Given given;
    private boolean unfinished;
    private boolean closed;

    /** What was given last. */
    private record Given(long minSeqId, long position) {}

    private ChangeFeed(Wal wal, CollectionRuntime runtime, @Nullable Long fromSeqId) {
        this.wal = wal;
        this.runtime = runtime;
        this.incarnation = WritePath.incarnation(runtime.info());
        this.fromSeqId = fromSeqId == null ? wal.lastSeqId() + 1 : Math.max(1, fromSeqId);
        this.place = new FeedPlace(this.fromSeqId, runtime.lastAppended());
    }

    /** @param fromSeqId the first seqId wanted; null for what is appended from now on */
    static ChangeFeed open(Wal wal, CollectionRuntime runtime, @Nullable Long fromSeqId) {
        runtime.appendLock.lock();
        try {
            if (runtime.isDropped()) {
                throw runtime.droppedError();
            }
            ChangeFeed feed = new ChangeFeed(wal, runtime, fromSeqId);
            if (feed.place.isPending()) {
                feed.checkPurged();
            }
            runtime.followers.add(feed);
            return feed;
        } finally {
            runtime.appendLock.unlock();
        }
    }

    /** The first seqId that this feed was opened for. */
    public long fromSeqId() {
        return fromSeqId;
    }

    /** Called now and whenever there may be more, by any thread; must be quick and must not throw. */
    public void onMore(Runnable action) {
        listener = action;
        action.run();
    }

    /**
     * The next change; null when there is none that is safe, when the collection is dropped ({@link #isDropped}), or when
     * there was much of others to pass over ({@link #isUnfinished}).
     *
     * @throws PurgedException  when the log does not keep it any more
     * @throws ForebayException UNAVAILABLE when the store is closed or the log cannot be read
     */
    public @Nullable Change next() {
        checkOpen();
        given = null;
        unfinished = false;
        long safeSeqId = runtime.followers.safeSeqId(runtime, wal);
        if (dropDurable || !place.isPending() || safeSeqId < place.wantedSeqId()) {
            release();
            return null;
        }
        try {
            return read(reader(), safeSeqId);
        } catch (WalException failure) {
            throw unreadable(failure);
        }
    }

    private @Nullable Change read(WalReader in, long safeSeqId) {
        long wanted = place.wantedSeqId();
        long passedBytes = 0;
        for (WalEntry entry = in.next(); entry != null; entry = in.next()) {
            boolean ours = entry.header().collection() == runtime.number
                    && entry.header().incarnation() == incarnation && entry.maxSeqId() >= wanted;
            if (ours && entry.maxSeqId() > safeSeqId) {
                place.standAt(entry.position());
                release();
                return null;
            }
            Change change = ours ? given(entry) : null;
            if (change != null) {
                return change;
            }
            passedBytes += entry.payload().remaining();
            if (passedBytes > TURN_BYTES_MAX) {
                place.standAt(entry.position());
                unfinished = true;
                return null;
            }
        }
        checkPurged();
        release();
        return null;
    }

    /** Null when it cannot be decoded: it was set aside by the indexer as well. */
    private @Nullable Change given(WalEntry entry) {
        checkPurged();
        Change change = null;
        try {
            change = change(entry);
            given = new Given(entry.minSeqId(), entry.position());
        } catch (IllegalArgumentException malformed) {
            LOG.warn("collection {}: the entry with seqIds [{}, {}] is malformed; change feeds pass it over",
                    runtime.number, entry.minSeqId(), entry.maxSeqId());
        }
        place.gave(entry.maxSeqId(), entry.position());
        return change;
    }

    private static Change change(WalEntry entry) {
        return new Change(entry.minSeqId(), entry.maxSeqId(), entry.appendTimeMillis(),
                RecordBatch.wrap(entry.payload()));
    }

    /**
     * The change that {@link #next} gave last, once more: for who has released it before it was done with it. Null when
     * the collection was dropped meanwhile.
     */
    public @Nullable Change again() {
        checkOpen();
        Given last = Objects.requireNonNull(given, "no change was given");
        try {
            release();
            WalReader in = wal.reader();
            reader = in;
            in.seek(last.position);
            WalEntry entry = in.next();
            if (entry == null || entry.minSeqId() != last.minSeqId) {
                release();
                if (runtime.isDropped()) {
                    return null;
                }
                throw purged(last.minSeqId);
            }
            return change(entry);
        } catch (WalException failure) {
            throw unreadable(failure);
        }
    }

    /** Lets go of the log: the change in hand is not valid any more. The feed keeps its place. */
    public void release() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    /** True when next gave null only because its turn was over: call it again. */
    public boolean isUnfinished() {
        return unfinished;
    }

    /** True when the collection is dropped for good; there is nothing more to come. */
    public boolean isDropped() {
        return dropDurable;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            runtime.followers.remove(this);
            release();
        }
    }

    // ---- told by the collection ----

    /** Under the appendLock. */
    void appended(Range range) {
        place.appended(range);
    }

    void wake() {
        listener.run();
    }

    /** Under the appendLock. The drop is in the log; it counts when it is durable. */
    void dropped() {
        wal.durable(wal.lastSeqId()).thenRun(() -> {
            dropDurable = true;
            wake();
        });
    }

    void storeClosed() {
        storeClosed = true;
        wake();
    }

    // ---- the log ----

    private WalReader reader() {
        WalReader in = reader;
        if (in == null) {
            in = wal.reader();
            reader = in;
            place.seek(in);
        }
        return in;
    }

    /** After a look at the log, so that whatever went before the look is found. */
    private void checkPurged() {
        long wanted = place.wantedSeqId();
        if (goneThrough() >= wanted && !runtime.isDropped()) {
            release();
            throw purged(wanted);
        }
    }

    private PurgedException purged(long wanted) {
        long gone = Math.min(goneThrough(), runtime.lastAppended());
        return new PurgedException(runtime.info().id(), wanted, gone + 1);
    }

    /** What a fork began with was never in the log under its number. */
    private long goneThrough() {
        CollectionInfo.Origin origin = runtime.info().origin();
        return Math.max(wal.purgedThrough(runtime.number), origin == null ? 0 : origin.seqId());
    }

    private void checkOpen() {
        if (closed || storeClosed) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "the store or the change feed is closed");
        }
    }

    private ForebayException unreadable(WalException failure) {
        release();
        return new ForebayException(ErrorCode.UNAVAILABLE,
                "The log cannot be read: " + failure.getMessage(), failure);
    }
}
