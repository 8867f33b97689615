package io.forebay.index.record;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.FlushJobInfo;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the engine's hook in RocksDB's flush thread, after the memtables to flush were chosen and before the
 * first file is written: what they hold is in the log by then, and the hook syncs the log. In an atomic flush
 * RocksDB announces every column family, all before the first file; the hook runs once for all of them.
 *
 * <p>Threads: RocksDB's background threads.
 *
 * <p>Failure: RocksDB cannot be told to give a flush up. A hook that throws is remembered and every later
 * write is refused, because tables may now be ahead of the log.
 */
final class FlushHook extends AbstractEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(FlushHook.class);

    private final Runnable beforeFlush;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** The flush job whose hook ran last; when jobs overlap the hook may run too often, never too rarely. */
    private volatile int jobDone = -1;

    FlushHook(Runnable beforeFlush) {
        // Not of errors in the background: the Java side does not know the reason "a flush without a log", and throws. The
        // next write or flush tells of them (WriteTrouble).
        super(EnabledEventCallback.ON_FLUSH_BEGIN);
        this.beforeFlush = beforeFlush;
    }

    @Override
    public void onFlushBegin(RocksDB db, FlushJobInfo flush) {
        if (flush.getJobId() == jobDone) {
            return;
        }
        try {
            beforeFlush.run();
        } catch (Throwable e) {
            LOG.error("what must precede a flush failed; the record segment takes no more writes", e);
            failure.compareAndSet(null, e);
        }
        jobDone = flush.getJobId();
    }

    void checkHealthy() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new RecordStoreException(
                    "the record segment takes no more writes: what must precede a flush"
                            + " failed",
                    cause);
        }
    }
}
