package io.forebay.client;

import org.jspecify.annotations.Nullable;

/**
 * One connection's feed of changes, from where it was opened until it ends or breaks; {@link Changes} opens another.
 *
 * <p>Threads: one takes, any may close, which wakes the one that takes.
 */
interface ChangeSource {
    /**
     * Waits for the next.
     *
     * @return null when the collection is dropped
     * @throws AttemptFailure when the connection broke: what comes next can be had from another
     * @throws io.forebay.model.ForebayException when there will be nothing
     */
    @Nullable
    Change next();

    void close();
}
