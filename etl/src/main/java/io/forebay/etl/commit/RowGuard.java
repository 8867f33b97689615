package io.forebay.etl.commit;

import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@link Sweep} from removing a row that a draft is about to name. While there is a sweep, every row that is put is
 * marked as named, before the sweep looks at it or after: then the draft writes it again, because it writes every row
 * that it names.
 *
 * <p>Its lock: drafts share it while they fill a batch, which takes no look at the disk; a sweep has it for itself for the
 * moment in which it begins, and for each few rows that it removes.
 */
final class RowGuard {
    final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Guarded by the lock; null while there is no sweep. */
    private @Nullable RowMarks marks;

    void begin(RowMarks begun) {
        marks = begun;
    }

    void end() {
        marks = null;
    }

    /** With the lock shared. */
    void naming(List<byte[]> rows) {
        RowMarks now = marks;
        if (now != null) {
            rows.forEach(now::mark);
        }
    }
}
