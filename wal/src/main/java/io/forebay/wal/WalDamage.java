package io.forebay.wal;

import java.nio.file.Path;
import java.util.Set;

/**
 * A place of the log that does not check, and what is lost by it.
 *
 * <p>When several places were hit between two entries that check, what is missing between these two belongs to all of the
 * places; {@link WalScan#lost} counts it once.
 *
 * @param extent        number of the extent
 * @param from          offset at which the damage begins, or before it
 * @param to            offset at which something that checks, or the end, comes
 * @param lostFromSeqId first seqId lost; 0 when the log's beginning was hit and the first one is not known
 * @param lostToSeqId   last seqId lost; less than {@code lostFromSeqId} when none is
 * @param collections   whose entries were hit, as far as headers beside the damage tell; not certain
 */
public record WalDamage(Path file, int extent, long from, long to, String reason, long lostFromSeqId,
        long lostToSeqId, Set<Integer> collections) {

    /** A run of seqIds whose entries cannot be read any more; {@code from} 0: not known where it begins. */
    public record Lost(long from, long to) {
        @Override
        public String toString() {
            return from == 0
                    ? "seqIds up to " + to + " that were not purged before"
                    : from == to ? "seqId " + from : "seqIds " + from + " to " + to;
        }
    }

    /** Null-free text of what is lost. */
    public String lostText() {
        if (lostToSeqId < lostFromSeqId) {
            return "nothing";
        }
        String whose = collections.isEmpty() ? "" : " of collection " + joined();
        return new Lost(lostFromSeqId, lostToSeqId) + whose;
    }

    private String joined() {
        return collections.stream().sorted().map(String::valueOf)
                .reduce((a, b) -> a + ", " + b).orElse("");
    }

    /** One line for people. */
    @Override
    public String toString() {
        return file + " is damaged at offset " + from + " (to " + to + "): " + reason + "; lost: "
                + lostText();
    }
}
