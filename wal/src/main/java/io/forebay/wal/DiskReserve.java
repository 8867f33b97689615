package io.forebay.wal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether the disk still has its reserve: max(minimum, share of the disk, two extents). The answer is at most 100 ms old,
 * so it may be asked for at each append.
 *
 * <p>Threads: any.
 */
final class DiskReserve {
    private static final long ANSWER_NANOS = 100_000_000;

    private final Disk disk;
    private final Path directory;
    private final long reserveBytes;
    private final long totalBytes;
    private volatile long askedNanos;
    private volatile long freeBytes;

    DiskReserve(Path directory, Disk disk, WalConfig config) throws IOException {
        this.directory = directory;
        this.disk = disk;
        this.totalBytes = disk.totalBytes();
        this.reserveBytes = config.reserveBytes(totalBytes);
        ask();
    }

    private void ask() throws IOException {
        freeBytes = disk.usableBytes();
        askedNanos = System.nanoTime();
    }

    /** Throws DISK_FULL below the reserve. */
    void check() throws IOException {
        if (System.nanoTime() - askedNanos > ANSWER_NANOS) {
            ask();
        }
        if (freeBytes < reserveBytes) {
            throw full("writes resume when space is back", null);
        }
    }

    /** As it is, or as it was when the disk does not say. */
    DiskSpace space() {
        refusal();
        return new DiskSpace(freeBytes, reserveBytes, totalBytes);
    }

    /** Null, or DISK_FULL below the reserve. */
    @Nullable
    WalException refusal() {
        try {
            check();
            return null;
        } catch (WalException below) {
            return below;
        } catch (IOException unknown) {
            return null; // the next append says so
        }
    }

    /** Whether so much more would fit at all, reserve or not. */
    boolean fits(long bytes) throws IOException {
        ask();
        return freeBytes > bytes;
    }

    /** Whether the reserve is still there when so much more is taken. */
    boolean leaves(long bytes) {
        try {
            ask();
            return freeBytes - bytes >= reserveBytes;
        } catch (IOException e) {
            return false;
        }
    }

    /** Throws DISK_FULL when so much more would not fit at all. */
    void checkFits(long bytes) throws IOException {
        if (!fits(bytes)) {
            throw full("no room for " + bytes + " more", null);
        }
    }

    WalException full(String what, @Nullable Throwable cause) {
        return new WalException(WalException.Reason.DISK_FULL,
                "the disk of " + directory + " has " + freeBytes
                        + " bytes free, the reserve is " + reserveBytes + "; " + what,
                cause);
    }
}
