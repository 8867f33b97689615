package io.forebay.wal;

import java.util.Collection;
import java.util.TreeMap;

/**
 * What {@link Recovery} refuses before it follows the chain: an extent that is missing, that has lost its first frame or
 * that does not continue the one before. In such a log nothing but its very end counts as a torn tail.
 *
 * <p>Threads: one, of the scan whose extents it is given.
 */
final class ScanLinks {
    private final TreeMap<Integer, ScannedExtent> extents;
    private final LogFiles.Listing listing;
    private final Collection<Integer> skipped;

    ScanLinks(TreeMap<Integer, ScannedExtent> extents, LogFiles.Listing listing,
            Collection<Integer> skipped) {
        this.extents = extents;
        this.listing = listing;
        this.skipped = skipped;
    }

    boolean broken() {
        boolean broken = !listing.damagedMarks().isEmpty();
        long last = -1;
        for (ScannedExtent extent : extents.values()) {
            broken |= extent.state == ScannedExtent.State.MISSING
                    || extent.state == ScannedExtent.State.USED && !extent.made;
            if (extent.state == ScannedExtent.State.USED && extent.started) {
                broken |= !continues(extent, last);
                last = extent.number;
            }
        }
        return broken;
    }

    private boolean continues(ScannedExtent extent, long last) {
        long previous = ExtentFiles.previousKept(listing.purged(), extent.previousNumber);
        ScannedExtent there = extents.get((int) previous);
        boolean lostStart = there != null && previous > last && there.state == ScannedExtent.State.USED
                && !there.started; // judged when the walk comes to it
        boolean oldest = last < 0 && there == null; // those before are purged without a mark
        return previous == last || lostStart || oldest || skipped.contains((int) previous);
    }

    /** The next one in use behind this one has no START: if nothing is left here, that is where the chain breaks off. */
    static boolean lostStartBehind(ScannedExtent extent, TreeMap<Integer, ScannedExtent> extents) {
        return extents.tailMap(extent.number, false).values().stream()
                .filter(next -> next.state == ScannedExtent.State.USED).findFirst()
                .filter(next -> !next.started).isPresent();
    }
}
