package io.forebay.engine.snapshot;

import java.nio.file.Path;

/**
 * Something beside the engine that belongs to its store and is backed up with it. It is asked first, so that the engine in a
 * backup is ahead of it, as after a crash.
 */
public interface BackupPart {
    /** Where it lies in the store's directory, such as {@code imports/db}. */
    String path();

    /** Makes a copy that is whole by itself, in this directory, which is not there yet; by hard links where it can. */
    void checkpoint(Path directory);
}
