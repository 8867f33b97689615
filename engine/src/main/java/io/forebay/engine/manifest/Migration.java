package io.forebay.engine.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One step from a store's format to the next.
 *
 * <p>To add one: raise {@link StoreManifest#FORMAT}, put the step at the end of {@link #ALL}, add a golden store of
 * the format before (docs/HACKING.md). Steps are never changed or removed once released.
 *
 * <p>Failure: a step that was interrupted is run again from its beginning, so it must take what it finds half done.
 *
 * @param from the format that it takes; it leaves {@code from + 1}
 * @param what one clause for the log
 */
public record Migration(int from, String what, Step step) {
    /** The work itself, with the store's lock held and nothing of the store open but its log. */
    @FunctionalInterface
    public interface Step {
        void run(Path store) throws IOException;
    }

    /** From each format to the next, from 0 on: a store without the file {@code STORE} is of format 0. */
    static final List<Migration> ALL = List.of(new Migration(0, "a store of before the manifest gets one",
            store -> {
                // Its parts have versions of their own, which refuse what is newer. Writing the manifest is the whole step.
            }));
}
