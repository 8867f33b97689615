package io.forebay.engine;

import io.forebay.wal.DiskSpace;
import io.forebay.wal.Wal;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Warns that the disk gets full, while everything is still served: the log itself refuses writes only below its reserve.
 *
 * <p>Threads: any.
 */
final class DiskWatermark {
    private final Wal wal;
    private final LongSupplier configuredBytes;

    /** @param configuredBytes 0 for twice the reserve */
    DiskWatermark(Wal wal, LongSupplier configuredBytes) {
        this.wal = wal;
        this.configuredBytes = configuredBytes;
    }

    DiskSpace space() {
        return wal.diskSpace();
    }

    long bytes() {
        long configured = configuredBytes.getAsLong();
        return configured == 0 ? 2 * space().reserveBytes() : configured;
    }

    /** Null while there is enough, and when writes are refused, which is told elsewhere. */
    @Nullable
    String warning() {
        DiskSpace space = space();
        if (space.freeBytes() >= bytes() || space.freeBytes() < space.reserveBytes()) {
            return null;
        }
        return "the disk has " + space.freeBytes() + " bytes free, below the watermark of " + bytes()
                + " (diskWatermarkBytes); below " + space.reserveBytes() + " writes will be refused";
    }
}
