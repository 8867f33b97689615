package io.forebay.index.record;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Why RocksDB takes no writes, from the first write or flush that fails to the first that goes well. After a flush that
 * failed RocksDB refuses all writes and goes on answering reads. When the disk was full it carries on by itself within
 * seconds of there being space; after anything else only when it is opened again, which loses nothing: what was not
 * flushed is in the log.
 *
 * <p>Threads: any.
 */
final class WriteTrouble {
    /** A native call. */
    interface Action {
        void run() throws RocksDBException;
    }

    private final FlushHook hook;
    private volatile @Nullable RecordStoreException trouble;

    WriteTrouble(FlushHook hook) {
        this.hook = hook;
    }

    /** @throws RecordStoreException when it failed, or when the flush hook did before */
    void run(String what, Action action) {
        try {
            hook.checkHealthy();
            action.run();
        } catch (RocksDBException e) {
            RecordStoreException failed = Database.failed(what, e);
            trouble = failed;
            throw failed;
        } catch (RecordStoreException unhealthy) {
            trouble = unhealthy;
            throw unhealthy;
        }
        if (trouble != null) {
            trouble = null;
        }
    }

    @Nullable
    RecordStoreException now() {
        return trouble;
    }

    static boolean isNoSpace(RocksDBException failure) {
        Status status = failure.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }
}
