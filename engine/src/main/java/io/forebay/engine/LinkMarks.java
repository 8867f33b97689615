package io.forebay.engine;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Translates "so many ordinals are linked" into "linked up to this seqId": one mark per applied group, dropped as the
 * linked ordinals pass it. At the bound every second mark is dropped, which makes the position coarser for a while,
 * never wrong.
 *
 * <p>Threads: any; all methods hold the object's own lock for a few instructions.
 */
final class LinkMarks {
    private static final int MARKS_MAX = 1 << 14;

    /**
     * After the group that ends at this seqId the collection had so many ordinals.
     *
     * @param operations cumulative record operations at that point
     * @param bytes      cumulative payload bytes at that point
     */
    record Mark(long seqId, int ordinals, long operations, long bytes, long appendTimeMillis) {}

    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private Mark reached;

    LinkMarks(Mark start) {
        this.reached = start;
    }

    synchronized void add(Mark mark) {
        marks.addLast(mark);
        if (marks.size() > MARKS_MAX) {
            thinOut();
        }
    }

    /** The last mark that so many linked ordinals have reached. */
    synchronized Mark reached(int linkedOrdinals) {
        for (Mark next = marks.peekFirst(); next != null
                && next.ordinals <= linkedOrdinals; next = marks.peekFirst()) {
            reached = next;
            marks.pollFirst();
        }
        return reached;
    }

    /** The oldest group that is not linked; null when all are. */
    synchronized @Nullable Mark oldestWaiting() {
        return marks.peekFirst();
    }

    synchronized Mark lastReached() {
        return reached;
    }

    private void thinOut() {
        // The oldest is kept for its age, the newest because it is the end; of the others every second one.
        ArrayDeque<Mark> kept = new ArrayDeque<>();
        int i = 0;
        int last = marks.size() - 1;
        long oldestTime = 0;
        for (Mark mark : marks) {
            boolean keep = i == last || (i & 1) == 1;
            if (keep) {
                long time = oldestTime == 0 ? mark.appendTimeMillis : oldestTime;
                kept.addLast(new Mark(mark.seqId, mark.ordinals, mark.operations, mark.bytes, time));
                oldestTime = 0;
            } else {
                oldestTime = mark.appendTimeMillis;
            }
            i++;
        }
        marks.clear();
        marks.addAll(kept);
    }
}
