package io.forebay.engine;

import io.forebay.index.record.RecordStoreException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where entries go that cannot be applied for a reason of their own: they stay in the log until it is purged, are
 * counted, logged and shown in health, and the entries behind them go on.
 *
 * <p>Threads: any; the list is guarded by the object's own lock and keeps the newest only.
 */
final class Parking {
    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);
    private static final int KEPT_MAX = 100;

    /** One parked entry. */
    record Parked(int collection, long minSeqId, long maxSeqId, String reason) {}

    private final ArrayDeque<Parked> newest = new ArrayDeque<>();
    private final AtomicLong count = new AtomicLong();

    void park(CollectionRuntime runtime, WalEntry entry, RuntimeException reason) {
        LOG.error("collection {} ({}): the entry with seqIds [{}, {}] cannot be applied and is set aside",
                runtime.number, runtime.info().name(), entry.minSeqId(), entry.maxSeqId(), reason);
        count.incrementAndGet();
        runtime.parkedEntries.incrementAndGet();
        synchronized (this) {
            if (newest.size() == KEPT_MAX) {
                newest.removeFirst();
            }
            newest.addLast(
                    new Parked(runtime.number, entry.minSeqId(), entry.maxSeqId(), String.valueOf(reason)));
        }
    }

    long count() {
        return count.get();
    }

    synchronized List<Parked> newest() {
        return List.copyOf(newest);
    }

    /** True for failures of the machine, which may pass, as opposed to those of the entry, which will not. */
    static boolean isPassing(RuntimeException failure) {
        return failure instanceof WalException || failure instanceof UncheckedIOException
                || failure instanceof RecordStoreException || failure instanceof IllegalStateException
                || failure instanceof ForebayException refused
                        && refused.code() != ErrorCode.INVALID_ARGUMENT;
    }
}
