package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind the last good frame of the extent in use last: a torn tail to give up, or damage to refuse. The rule is
 * told in {@link Recovery}.
 */
final class Tail {
    private static final int SECTOR_BYTES = 512;

    private Tail() {}

    /**
     * What was decided.
     *
     * @param tornBytes bytes to give up
     * @param damage    null, or why it is not a torn tail
     */
    record Verdict(long tornBytes, @Nullable String damage) {}

    /**
     * Bytes to give up from this offset on.
     *
     * @throws WalException CORRUPT when it is not a torn tail
     */
    static long tornBytes(Extent extent, MemorySegment log, long bad, String reason, long expectedSeqId) {
        Verdict verdict = judge(log, extent.number, bad, reason, expectedSeqId);
        if (verdict.damage() != null) {
            throw extent.corrupt(bad, verdict.damage());
        }
        return verdict.tornBytes();
    }

    /** @param expectedSeqId what the frame at the bad place would have begun with */
    static Verdict judge(MemorySegment log, int extentNumber, long bad, String reason, long expectedSeqId) {
        long size = log.byteSize();
        DocumentWalk behind = new DocumentWalk(log, extentNumber);
        long firstValid = -1;
        for (long at = behind.search(bad, size); at >= 0; at = behind.search(behind.offset(), size)) {
            firstValid = firstValid < 0 ? at : firstValid;
            if (behind.frame.durableSeqId >= expectedSeqId) {
                return new Verdict(0, reason + "; seqId " + expectedSeqId
                        + " was synced before the frame at offset " + at + " was written");
            }
        }
        if (firstValid >= 0 && !looksUnwritten(log, bad, firstValid)) {
            return new Verdict(0, reason + ", and a valid frame lies behind it at offset " + firstValid);
        }
        return new Verdict(endOfData(log, bad) - bad, null);
    }

    /** Whether a power loss explains it: zeros where a page was not written, or a document that was not finished. */
    private static boolean looksUnwritten(MemorySegment log, long bad, long firstValid) {
        int word = Frame.intAt(log, bad);
        if (word <= 0) { // zero, or bit 31: not complete
            return true;
        }
        long sector = (bad + SECTOR_BYTES - 1) & -SECTOR_BYTES;
        for (; sector + SECTOR_BYTES <= firstValid; sector += SECTOR_BYTES) {
            if (endOfData(log.asSlice(sector, SECTOR_BYTES), 0) == 0) {
                return true;
            }
        }
        return false;
    }

    /** The end of the last byte that is not zero, or {@code from}. */
    static long endOfData(MemorySegment log, long from) {
        long at = log.byteSize();
        while (at - 8 >= from && Frame.longAt(log, at - 8) == 0) {
            at -= 8;
        }
        while (at > from && log.get(ValueLayout.JAVA_BYTE, at - 1) == 0) {
            at--;
        }
        return at;
    }
}
