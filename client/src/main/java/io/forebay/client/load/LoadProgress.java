package io.forebay.client.load;

import org.jspecify.annotations.Nullable;

/**
 * How far a load is.
 *
 * @param read             records that producers gave, whatever became of them, those of earlier lives among them
 * @param acked            records that the server acknowledged, in this life and, with a checkpoint, in earlier ones
 * @param applied          of them, that every read sees; as far as known
 * @param linked           of them, that are in the vector index; as far as known
 * @param resumed          positions that were done when this life of the load began
 * @param refused          records that were not loaded
 * @param expected         records of the source; -1 when that is not known
 * @param ackedBytes       of the records acknowledged in this life, as batches
 * @param ackedPerSecond   over the last seconds, as the next two
 * @param bytesPerSecond   of acknowledged batches
 * @param linkedPerSecond  into the vector index
 * @param ingestLagRecords of the collection: acknowledged, not yet applied; -1 when not known
 * @param indexLagRecords  of the collection: acknowledged, not yet linked; -1 when not known
 * @param ingestLagSeconds age of the oldest of them; indexLagSeconds likewise
 * @param secondsUntilAcked  at the present rate; null when not known
 * @param secondsUntilLinked at the present rates; null when not known
 * @param batchRecords     of a batch, as the loader makes them now
 * @param concurrency      batches in flight that it allows now
 * @param inFlight         batches that are in flight
 * @param retries          batches that were sent again, so far
 * @param elapsedSeconds   of this life
 */
public record LoadProgress(long read, long acked, long applied, long linked, long resumed, long refused,
        long expected, long ackedBytes, double ackedPerSecond, double bytesPerSecond, double linkedPerSecond,
        long ingestLagRecords, long indexLagRecords, double ingestLagSeconds, double indexLagSeconds,
        @Nullable Double secondsUntilAcked, @Nullable Double secondsUntilLinked, int batchRecords,
        int concurrency, int inFlight, long retries, double elapsedSeconds) {}
