package io.forebay.engine.check;

import io.forebay.index.record.TableFiles;
import io.forebay.model.Finding;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.rocksdb.RocksDB;

/** For databases beside the engine's that are part of a store. */
public final class TableCheck {
    private TableCheck() {}

    /** Compares every block of every table with its checksum; returns how many tables there are. */
    public static int of(RocksDB rocks, Path directory, String part, Consumer<Finding> out) {
        return TableFiles.check(rocks, directory, part, out);
    }
}
