package io.forebay.bench.wal;

import java.util.Locale;

/** What {@code bench wal} can measure. */
public enum Part {
    OS, SYNC, SMALL, ALONE, PEERS, READ, RECOVERY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
