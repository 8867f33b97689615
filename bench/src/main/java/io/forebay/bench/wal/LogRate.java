package io.forebay.bench.wal;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.wal.Batches.Shape;
import io.forebay.model.Durability;
import java.io.IOException;

/**
 * The rate of the log alone on the disk of a workspace, in this process: what a server could acknowledge if nothing but its
 * log were there. The server's own implementation and size of extents, batches of 1,000 embeddings of 384 components, within
 * one extent, so without a roll.
 */
public final class LogRate {
    private static final long EXTENT_BYTES = 256L << 20;
    private static final long PAYLOAD_BYTES = EXTENT_BYTES / 16 * 11;

    private final Workspace workspace;
    private final Batches batches;

    public LogRate(Workspace workspace, BenchData data) {
        this.workspace = workspace;
        this.batches = new Batches(Shape.D384, data);
    }

    /**
     * Bytes of payload per second, written and, with durability {@code sync}, acknowledged after a sync.
     *
     * @param writers each sends its next batch when the last is acknowledged; without syncs there is one
     */
    public double bytesPerSecond(Durability durability, int writers) throws Exception {
        int count = batches.shape().countIn(PAYLOAD_BYTES);
        try (LogLoad load = open()) {
            long nanos = durability == Durability.SYNC
                    ? load.appendSynced(batches, writers, count).times().nanos()
                    : load.append(batches, count).nanos();
            return (double) count * batches.shape().bytes / nanos * 1e9;
        }
    }

    private LogLoad open() throws IOException {
        return LogLoad.open(LogKind.CHRONICLE, workspace.newDirectory("log"), EXTENT_BYTES)
                .getReady(batches, EXTENT_BYTES / 4 + 1);
    }
}
