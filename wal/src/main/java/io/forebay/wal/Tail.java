package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind the first place where the chain of frames breaks off: a torn tail to give up, or damage to refuse. The
 * rule is told in {@link Recovery}.
 */
final class Tail {
    private static final int SECTOR_BYTES = 512;

    /** A stretch of an extent in which frames may lie. */
    record Stretch(Path file, int number, MemorySegment log, long from) {}

    /**
     * What was decided.
     *
     * @param tornBytes bytes to give up, of all extents
     * @param damage    null, or why it is not a torn tail
     */
    record Verdict(long tornBytes, @Nullable String damage) {}

    private Tail() {}

    /**
     * Judges.
     *
     * @param bad           the bad place and the rest of its extent
     * @param end           where that extent's frames end if anything says so, else its size
     * @param later         the extents behind it, in their order
     * @param expectedSeqId what the frame at the bad place would have begun with, 0 when nothing is known
     */
    static Verdict judge(Stretch bad, long end, List<Stretch> later, String reason, long expectedSeqId) {
        long seqId = Math.max(1, expectedSeqId);
        long tornBytes = endOfData(bad.log, bad.from) - bad.from;
        Behind here = search(bad, seqId);
        Behind first = here;
        Stretch where = bad;
        for (Stretch stretch : later) {
            Behind there = search(stretch, seqId);
            if (!first.hasWitness() && (there.hasWitness() || first.valid < 0)) {
                first = there;
                where = stretch;
            }
            tornBytes += endOfData(stretch.log, stretch.from) - stretch.from;
        }
        String of = where == bad ? "" : " of " + where.file;
        if (first.hasWitness()) {
            return new Verdict(0, reason + "; seqId " + seqId + " was synced before the frame at offset "
                    + first.witness + of + " was written");
        }
        if (first.valid >= 0 && !looksUnwritten(bad.log, bad.from, here.valid >= 0 ? here.valid : end)) {
            return new Verdict(0,
                    reason + ", and a valid frame lies behind it at offset " + first.valid + of);
        }
        return new Verdict(tornBytes, null);
    }

    /** The first valid frame in a stretch, and the first that says that the bad place had been synced; -1 for none. */
    private record Behind(long valid, long witness) {
        boolean hasWitness() {
            return witness >= 0;
        }
    }

    private static Behind search(Stretch stretch, long seqId) {
        long size = stretch.log.byteSize();
        DocumentWalk walk = new DocumentWalk(stretch.log, stretch.number);
        long valid = -1;
        for (long at = walk.search(stretch.from, size); at >= 0; at = walk.search(walk.offset(), size)) {
            if (walk.frame.kind == Frame.EXTENT) {
                continue; // written when the extent was made, ahead of all that
            }
            valid = valid < 0 ? at : valid;
            if (walk.frame.durableSeqId >= seqId) {
                return new Behind(valid, at);
            }
        }
        return new Behind(valid, -1);
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
