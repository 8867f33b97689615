package io.forebay.server.overview;

/**
 * What a server has counted since its start, at one moment.
 *
 * @param ackTimes  how many acks took at most so long
 * @param readTimes the same of reads
 * @param errors    answers with a status of 500 or more
 */
public record Counts(long acks, long ackedRecords, long ackedBytes, Latencies ackTimes, long reads,
        Latencies readTimes, long requests, long errors) {
    public static final Counts NONE = new Counts(0, 0, 0, Latencies.NONE, 0, Latencies.NONE, 0, 0);
}
