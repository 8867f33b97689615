package io.forebay.engine;

import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStoreException;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses writes that could not be applied at present, so that the log does not fill without end: those of a collection
 * whose applying has failed for a second, and all while RocksDB takes no writes. Reads go on. It ends by itself as soon as
 * applying works again, which is tried at least every ten seconds.
 *
 * <p>Threads: any; it only looks at two volatile fields.
 */
final class ApplyFailure {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RecordStore records;

    ApplyFailure(RecordStore records) {
        this.records = records;
    }

    /** @throws ForebayException INSUFFICIENT_STORAGE when the disk is full, else UNAVAILABLE, with the reason */
    void check(CollectionRuntime runtime) {
        RecordStoreException store = records.trouble();
        if (store != null) {
            throw new ForebayException(code(store), describe(store), store);
        }
        if (runtime.applyTrouble.lasts(PATIENCE_NANOS)) {
            throw new ForebayException(code(runtime.applyTrouble.failure()), "Writes to collection ["
                    + runtime.info().name() + "] are refused until what it has can be applied: "
                    + runtime.applyTrouble.reason());
        }
    }

    static String describe(RecordStoreException store) {
        return "All writes are refused: " + store.getMessage() + (store.isDiskFull()
                ? "; they are taken again when there is space"
                : "; if that lasts, restart the store: nothing acknowledged is lost, the log has it");
    }

    private static ErrorCode code(@Nullable Throwable failure) {
        return Parking.isDiskFull(failure) ? ErrorCode.INSUFFICIENT_STORAGE : ErrorCode.UNAVAILABLE;
    }
}
