package io.forebay.engine;

import io.forebay.model.DeadLetter;
import io.forebay.index.record.RecordStoreException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an entry that cannot be applied for a reason of its own: a letter that says what it was, which is kept
 * with its payload ({@link io.forebay.index.record.DeadLetterRows}) while the entries behind it go on.
 */
final class Parking {
    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    private Parking() {}

    static DeadLetter letter(CollectionRuntime runtime, WalEntry entry, Throwable reason) {
        LOG.error("collection {} ({}): the entry with seqIds [{}, {}] cannot be applied and is set aside",
                runtime.number, runtime.info().name(), entry.minSeqId(), entry.maxSeqId(), reason);
        Operation operation = null;
        List<String> ids = new ArrayList<>();
        try {
            RecordBatch batch = RecordBatch.wrap(entry.payload());
            operation = batch.operation();
            for (int i = 0; i < Math.min(DeadLetter.IDS_MAX, batch.size()); i++) {
                ids.add(batch.id(i));
            }
        } catch (RuntimeException undecodable) {
            LOG.debug("not more of it can be decoded than {} and {}", operation, ids, undecodable);
        }
        return new DeadLetter(runtime.number, entry.minSeqId(), entry.maxSeqId(), operation,
                entry.header().records(), ids, String.valueOf(reason), entry.appendTimeMillis(),
                System.currentTimeMillis(), entry.payload().remaining());
    }

    /** True for failures of the machine, which may pass, as opposed to those of the entry, which will not. */
    static boolean isPassing(RuntimeException failure) {
        return failure instanceof WalException || failure instanceof UncheckedIOException
                || failure instanceof RecordStoreException || failure instanceof IllegalStateException
                || failure instanceof ForebayException refused
                        && refused.code() != ErrorCode.INVALID_ARGUMENT;
    }

    /** Whether the disk was full, as far as the failure tells. */
    static boolean isDiskFull(@Nullable Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            String message = at.getMessage();
            if (at instanceof RecordStoreException store && store.isDiskFull()
                    || at instanceof WalException log && log.reason() == WalException.Reason.DISK_FULL
                    || message != null && (message.contains("No space left on device")
                            || message.contains("Disk quota exceeded"))) {
                return true;
            }
        }
        return false;
    }
}
