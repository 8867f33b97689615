package io.forebay.wal;

import java.util.List;

/**
 * What recovery found when the log was opened.
 *
 * @param entries   entries kept
 * @param lastSeqId the last seqId given out, 0 when none
 * @param witnessedSeqId everything up to here was synced for certain
 * @param tornBytes bytes behind the last good frame that were given up: never acknowledged as durable
 * @param nanos     how long it took
 */
public record RecoveryReport(long entries, long lastSeqId, long witnessedSeqId, long tornBytes, long nanos,
        List<ExtentReport> extents) {

    /**
     * One extent.
     *
     * @param firstSeqId first seqId of an entry in it, 0 when it has none
     * @param endBytes   end of its last good frame
     */
    public record ExtentReport(int number, long entries, long firstSeqId, long lastSeqId, long endBytes,
            long tornBytes) {}
}
