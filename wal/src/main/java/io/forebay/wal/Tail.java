package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * What lies behind the first place where the chain of frames breaks off: a torn tail to give up, or damage to refuse. The
 * rule is told in {@link Recovery}.
 */
final class Tail {
    private static final int SECTOR_BYTES = 512;

    /** A stretch of an extent in which frames may lie. */
    record Stretch(Extent extent, MemorySegment log, long from) {}

    private Tail() {}

    /**
     * Bytes to give up.
     *
     * @param bad           the bad place and the rest of its extent
     * @param end           where that extent's frames end if anything says so, else its size
     * @param later         the extents behind it, in their order
     * @param expectedSeqId what the frame at the bad place would have begun with
     * @throws WalException CORRUPT when it is not a torn tail
     */
    static long tornBytes(Stretch bad, long end, List<Stretch> later, String reason, long expectedSeqId) {
        long firstValid = firstValid(bad, bad, reason, expectedSeqId);
        String behind = firstValid >= 0 ? "at offset " + firstValid : null;
        long tornBytes = endOfData(bad.log, bad.from) - bad.from;
        for (Stretch stretch : later) {
            long valid = firstValid(stretch, bad, reason, expectedSeqId);
            if (valid >= 0 && behind == null) {
                behind = "at offset " + valid + " of " + stretch.extent.file;
            }
            tornBytes += endOfData(stretch.log, stretch.from) - stretch.from;
        }
        if (behind != null && !looksUnwritten(bad.log, bad.from, firstValid >= 0 ? firstValid : end)) {
            throw bad.extent.corrupt(bad.from, reason + ", and a valid frame lies behind it " + behind);
        }
        return tornBytes;
    }

    /** The first valid frame in the stretch, or -1; refuses when one says that the bad place had been synced. */
    private static long firstValid(Stretch stretch, Stretch bad, String reason, long expectedSeqId) {
        long size = stretch.log.byteSize();
        DocumentWalk walk = new DocumentWalk(stretch.log, stretch.extent.number);
        long first = -1;
        for (long at = walk.search(stretch.from, size); at >= 0; at = walk.search(walk.offset(), size)) {
            if (walk.frame.kind == Frame.EXTENT) {
                continue; // written when the extent was made, ahead of all that
            }
            first = first < 0 ? at : first;
            if (walk.frame.durableSeqId >= expectedSeqId) {
                throw bad.extent.corrupt(bad.from, reason + "; seqId " + expectedSeqId
                        + " was synced before the frame at offset " + at
                        + (stretch == bad ? "" : " of " + stretch.extent.file) + " was written");
            }
        }
        return first;
    }

    /**
     * Whether a power loss explains it: an unfinished document, or a sector that was not written, or not with its last
     * bytes: the file was zero before and is only appended to, so what an old sector lacks is zero up to its end.
     */
    private static boolean looksUnwritten(MemorySegment log, long bad, long end) {
        if (bad + Frame.WORD_BYTES > log.byteSize() || Frame.intAt(log, bad) <= 0) { // zero, or bit 31: not complete
            return true;
        }
        long sector = bad & -SECTOR_BYTES;
        long last = Math.min((end + SECTOR_BYTES - 1) & -SECTOR_BYTES, log.byteSize());
        for (; sector + SECTOR_BYTES <= last; sector += SECTOR_BYTES) {
            long lastBytes = sector + SECTOR_BYTES - 8;
            if (lastBytes >= bad && Frame.longAt(log, lastBytes) == 0) {
                return true;
            }
        }
        return false;
    }

    /** The end of the last byte that is not zero, or {@code from}. */
    private static long endOfData(MemorySegment log, long from) {
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
