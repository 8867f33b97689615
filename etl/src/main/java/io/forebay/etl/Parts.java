package io.forebay.etl;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What was made, to be closed from the last to the first: all of it, also when one of them cannot be closed. One thread at a
 * time; closing again does nothing.
 */
final class Parts implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Throws the first failure when all are closed. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            failure = closed(parts.pop(), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException closed(AutoCloseable part, @Nullable RuntimeException earlier) {
        try {
            part.close();
            return earlier;
        } catch (Exception e) {
            RuntimeException failure = e instanceof RuntimeException own ? own : new IllegalStateException(e);
            if (earlier == null) {
                return failure;
            }
            earlier.addSuppressed(failure);
            return earlier;
        }
    }
}
