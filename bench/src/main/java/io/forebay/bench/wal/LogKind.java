package io.forebay.bench.wal;

import io.forebay.wal.WalConfig;
import io.forebay.wal.WalImplementation;
import java.util.Locale;

/** The implementations of the log that are measured, each with what the issue wants of it. */
public enum LogKind {
    CHRONICLE(WalConfig.defaults().withImplementation(WalImplementation.CHRONICLE), 0.5, 0.4),
    FILE(WalConfig.defaults().withImplementation(WalImplementation.FILE), 0.8, 0.85);

    private final WalConfig config;
    private final double osShareWanted;
    private final double syncShareWanted;

    LogKind(WalConfig config, double osShareWanted, double syncShareWanted) {
        this.config = config;
        this.osShareWanted = osShareWanted;
        this.syncShareWanted = syncShareWanted;
    }

    /** With extents of this size, and without a reserve: the disk is the benchmark's own. */
    WalConfig config(long extentBytes) {
        return config.withExtentBytes(extentBytes).withReserve(0, 0);
    }

    /** Of the raw mapped copy, without sync. */
    double osShareWanted() {
        return osShareWanted;
    }

    /** Of raw writes with as many syncs. */
    double syncShareWanted() {
        return syncShareWanted;
    }

    /** As it is written in the names of figures. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
