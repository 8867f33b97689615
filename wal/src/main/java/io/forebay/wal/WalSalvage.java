package io.forebay.wal;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link WalTools#salvage} did.
 *
 * @param outcome what
 * @param scan    what was found in the damaged log; null when an interrupted salvage was only finished
 * @param damaged where the log as it was is now; null when nothing was changed
 * @param report  the text that lies in the new log; empty when nothing was changed
 * @param entries entries kept
 */
public record WalSalvage(Outcome outcome, @Nullable WalScan scan, @Nullable Path damaged, String report,
        long entries) {

    /** What it came to. */
    public enum Outcome {
        /** Everything checks: nothing was changed. */
        NOTHING_TO_DO,
        /** The new log is in place. */
        SALVAGED,
        /** An earlier salvage was interrupted at its end, and is finished now. */
        FINISHED
    }
}
