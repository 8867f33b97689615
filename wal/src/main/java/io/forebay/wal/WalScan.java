package io.forebay.wal;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@link WalTools#scan} found in a log.
 *
 * @param extents       in the order of the log, with those made ahead of need
 * @param purgedBetween numbers of extents that were purged while older ones were kept
 * @param skipped       extents that a running store purged while they were about to be read
 * @param entries       whole entries
 * @param nextSeqId     the next seqId to be given out; 0 when there is nothing to tell it
 * @param tornBytes     bytes behind the last good frame: never acknowledged as durable, or being written now
 * @param damages       what does not check, in the order of the log
 * @param lost          the seqIds lost, each once
 */
public record WalScan(Path directory, List<WalExtentInfo> extents, List<Integer> purgedBetween,
        List<Integer> skipped, long entries, long nextSeqId, long tornBytes, List<WalDamage> damages,
        List<WalDamage.Lost> lost) {

    /** Whether everything checks; a torn tail is no damage. */
    public boolean fine() {
        return damages.isEmpty();
    }

    /** How many seqIds are lost for certain. */
    public long lostSeqIds() {
        return lost.stream().filter(range -> range.from() > 0)
                .mapToLong(range -> range.to() - range.from() + 1)
                .sum();
    }
}
