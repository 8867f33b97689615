package io.forebay.wal;

/**
 * Sizes and limits of the log.
 *
 * @param extentBytes        size of one file of the log; a multiple of 256 KB from 256 KB (Chronicle: 1 MB) to 1 GB
 * @param frameBytesMax      largest payload of one frame; a larger batch is written as several frames
 * @param batchBytesMax      largest payload of one entry
 * @param reserveBytesMin    writes are refused while the disk has less than this free ...
 * @param reservePercentMin  ... or less than this share of its size, or less than two extents
 * @param idleMillis         a barrier frame is written when no entry came for so long
 * @param extentsAheadMax    so many extents are made ahead when appends had to wait for one; else one
 * @param implementation     what writes new extents
 * @param retainBytes        the newest full extents stay, up to so many bytes, though nothing in them is needed any more
 */
public record WalConfig(long extentBytes, int frameBytesMax, int batchBytesMax, long reserveBytesMin,
        int reservePercentMin, int idleMillis, int extentsAheadMax, WalImplementation implementation,
        long retainBytes) {
    private static final int MB = 1 << 20;

    public WalConfig {
        long extentBytesMin = implementation == WalImplementation.CHRONICLE ? MB : MB / 4;
        check(extentBytes >= extentBytesMin && extentBytes <= 1024L * MB && extentBytes % (MB / 4) == 0,
                "extentBytes must be a multiple of 256 KB from 256 KB (Chronicle: 1 MB) to 1 GB",
                extentBytes);
        // Chronicle takes a document of a quarter of its block, which is the extent; an eighth leaves room for its
        // own pages and keeps what a roll wastes small.
        check(frameBytesMax >= 4096 && frameBytesMax <= extentBytes / 8 && frameBytesMax <= 8 * MB,
                "frameBytesMax must be from 4 KB to 8 MB and to an eighth of extentBytes", frameBytesMax);
        check(batchBytesMax >= frameBytesMax && batchBytesMax <= 1024 * MB,
                "batchBytesMax must be from frameBytesMax to 1 GB", batchBytesMax);
        check(reserveBytesMin >= 0, "reserveBytesMin must not be negative", reserveBytesMin);
        check(reservePercentMin >= 0 && reservePercentMin < 100, "reservePercentMin must be from 0 to 99",
                reservePercentMin);
        check(idleMillis >= 1, "idleMillis must be at least 1", idleMillis);
        check(retainBytes >= 0, "retainBytes must not be negative", retainBytes);
        check(extentsAheadMax >= 1 && extentsAheadMax <= 64, "extentsAheadMax must be from 1 to 64",
                extentsAheadMax);
    }

    /** Chronicle; extents of 256 MB, frames of 8 MB, batches of 1 GB, a reserve of max(2 GB, 5 %), a barrier after 50 ms. */
    public static WalConfig defaults() {
        return new WalConfig(256L * MB, 8 * MB, 1024 * MB, 2048L * MB, 5, 50, 3,
                WalImplementation.CHRONICLE, 0);
    }

    /** Also lowers or raises the frame limit to what fits. */
    public WalConfig withExtentBytes(long bytes) {
        int frame = (int) Math.min(8L * MB, Math.max(4096, bytes / 8));
        return new WalConfig(bytes, frame, Math.max(frame, batchBytesMax), reserveBytesMin, reservePercentMin,
                idleMillis, extentsAheadMax, implementation, retainBytes);
    }

    public WalConfig withFrameBytesMax(int bytes) {
        return new WalConfig(extentBytes, bytes, batchBytesMax, reserveBytesMin, reservePercentMin,
                idleMillis, extentsAheadMax, implementation, retainBytes);
    }

    public WalConfig withBatchBytesMax(int bytes) {
        return new WalConfig(extentBytes, Math.min(frameBytesMax, bytes), bytes, reserveBytesMin,
                reservePercentMin, idleMillis, extentsAheadMax, implementation, retainBytes);
    }

    /** 0 turns the share of the disk off as well; two extents stay free all the same. */
    public WalConfig withReserveBytesMin(long bytes) {
        return withReserve(bytes, bytes == 0 ? 0 : reservePercentMin);
    }

    /** On a disk of this size. */
    public long reserveBytes(long totalBytes) {
        return Math.max(Math.max(reserveBytesMin, 2 * extentBytes), totalBytes / 100 * reservePercentMin);
    }

    public WalConfig withReserve(long bytesMin, int percentMin) {
        return new WalConfig(extentBytes, frameBytesMax, batchBytesMax, bytesMin, percentMin, idleMillis,
                extentsAheadMax, implementation, retainBytes);
    }

    public WalConfig withIdleMillis(int millis) {
        return new WalConfig(extentBytes, frameBytesMax, batchBytesMax, reserveBytesMin, reservePercentMin,
                millis, extentsAheadMax, implementation, retainBytes);
    }

    public WalConfig withExtentsAheadMax(int extents) {
        return new WalConfig(extentBytes, frameBytesMax, batchBytesMax, reserveBytesMin, reservePercentMin,
                idleMillis,
                extents, implementation, retainBytes);
    }

    public WalConfig withImplementation(WalImplementation which) {
        return new WalConfig(extentBytes, frameBytesMax, batchBytesMax, reserveBytesMin, reservePercentMin,
                idleMillis,
                extentsAheadMax, which, retainBytes);
    }

    public WalConfig withRetainBytes(long bytes) {
        return new WalConfig(extentBytes, frameBytesMax, batchBytesMax, reserveBytesMin, reservePercentMin,
                idleMillis,
                extentsAheadMax, implementation, bytes);
    }

    private static void check(boolean fine, String rule, long value) {
        if (!fine) {
            throw new IllegalArgumentException(rule + ", not " + value);
        }
    }
}
