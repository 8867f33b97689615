package io.forebay.bench.wal;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Another log that keeps a batch: {@link #append} returns when the batch survives a power loss. Any number of threads.
 */
interface Peer extends AutoCloseable {

    void append(Batches batches, int number) throws Exception;

    @Override
    void close() throws Exception;

    /** Those that are compared. */
    enum Kind {
        SQLITE, SQLITE_GROUPED, ROCKSDB;

        Peer open(Path directory) throws Exception {
            return switch (this) {
                case SQLITE -> SqlitePeer.open(directory, false);
                case SQLITE_GROUPED -> SqlitePeer.open(directory, true);
                case ROCKSDB -> new RocksPeer(directory);
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
