package io.forebay.etl.commit;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One collection's line in this process.
 *
 * <p>Its lock: one thread at a time moves the head, begins or ends a draft, or brings the line up to date with the engine
 * (and waits for it meanwhile). Nothing of the engine is held by who asks for it, and readers never take it.
 */
final class Line {
    final ReentrantLock lock = new ReentrantLock();
    /** The draft that was handed out last; guarded by the lock for writing. */
    volatile @Nullable LiveDraft live;
}
