package io.forebay.etl.pipeline;

import java.util.concurrent.TimeUnit;

/**
 * How many documents make a chunk: so many that a chunk takes the slowest stage about half a second, and no more than a few
 * megabytes. Large enough that per-chunk work is nothing, small enough that progress moves and a cancel is quick.
 *
 * <p>Threads: any; one reads, another tells.
 */
final class ChunkSizer {
    static final int BYTES_MAX = 4 << 20;
    private static final int DOCUMENTS_MIN = 16;
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final int documentsMax;
    private volatile int documents;

    ChunkSizer(int documents, int documentsMax) {
        this.documentsMax = Math.max(DOCUMENTS_MIN, documentsMax);
        this.documents = Math.clamp(documents, 1, this.documentsMax);
    }

    int documents() {
        return documents;
    }

    /** A full chunk took the slowest of its stages so long. */
    void took(int chunkDocuments, long nanos) {
        int now = documents;
        if (chunkDocuments != now) {
            return; // it was ended by its bytes or by the end of the file, or cut when another size held
        }
        if (nanos > LONG_NANOS) {
            documents = Math.max(Math.min(now, DOCUMENTS_MIN), now / 2);
        } else if (nanos < SHORT_NANOS) {
            documents = Math.min(documentsMax, now * 2);
        }
    }
}
