package io.forebay.etl.job;

import io.forebay.etl.embed.EmbeddingConnection;
import java.util.List;

/**
 * Settings of the import service; each is a key of the section {@code imports}.
 *
 * @param uploadBytesMax        of one upload
 * @param jobsAtOnceMax         jobs that are worked on at the same time
 * @param extractChunkSize      documents that are handed on together by the reader, to begin with; it adapts
 * @param transformBatchSize    documents mapped in one piece of work
 * @param loadBatchSize         records of one write at most
 * @param chunksAtOnceMax       chunks of one job between reading and loading
 * @param memoryThresholdBytes  of the process: above it reading slows down, then pauses
 * @param workers               threads for transforming and embedding in this process; 0: one for each processor
 * @param progressIntervalMillis between two changes that followers of a job are told
 * @param errorsMax             documents that may fail before the job does
 * @param keepMillis            for how long ended jobs are kept
 * @param orphanMillis          after which a spool file that no job names goes
 * @param submissionsPerMinute  of one client; 0: any number
 * @param jobsWaitingMax        jobs that may wait
 * @param embeddingCacheBytes   of embeddings that were made
 * @param lineBytesMax          of one document in a file
 * @param expandedRatioMax      uncompressed over compressed size of a file, beyond the first 64 MiB
 */
public record ImportOptions(long uploadBytesMax, int jobsAtOnceMax, int extractChunkSize,
        int transformBatchSize, int loadBatchSize, int chunksAtOnceMax, long memoryThresholdBytes,
        int workers, long progressIntervalMillis, long errorsMax, long keepMillis, long orphanMillis,
        int submissionsPerMinute, int jobsWaitingMax, long embeddingCacheBytes, int lineBytesMax,
        int expandedRatioMax, String defaultConnection, List<EmbeddingConnection> connections) {
    public ImportOptions {
        connections = List.copyOf(connections);
    }

    public static ImportOptions defaults() {
        return new ImportOptions(5L << 30, 4, 256, 256, 1000, 16, 0, 0, 500, 10_000,
                30L * 24 * 60 * 60 * 1000, 24L * 60 * 60 * 1000, 60, 1000, 1L << 30, 16 << 20, 200,
                EmbeddingConnection.LOCAL, List.of(EmbeddingConnection.local(), EmbeddingConnection.none()));
    }
}
