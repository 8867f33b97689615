package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** One extent as a scan sees it: its mapping, its place in the chain, and what was counted in it. One thread at a time. */
final class ScannedExtent {

    /** What it turned out to be. */
    enum State {
        USED, UNUSED, MISSING
    }

    final int number;
    final Path file;
    final MemorySegment log;
    final DocumentWalk walk;
    State state = State.UNUSED;
    /** How far documents can reach. */
    long sizeBytes;
    /** How large it was made; 0 when its first frame does not say. */
    long madeBytes;
    /** Whether its first frame is there; it was synced before the extent was used. */
    boolean made;
    /** Whether it is of a newer version, and then the walk stands there. */
    boolean newer;
    /** Whether its START is in its place; if so, what it says. */
    boolean started;
    long previousNumber = -1;
    long previousEnd;
    /** Where its START is or should be. */
    long startAt;

    long frames;
    long entries;
    long firstSeqId;
    long lastSeqId;
    long firstMillis;
    long lastMillis;
    long endOffset;
    long tornBytes;
    final Map<Integer, Long> bytesByCollection = new TreeMap<>();

    ScannedExtent(int number, Path file, MemorySegment log) {
        this.number = number;
        this.file = file;
        this.log = log;
        this.walk = new DocumentWalk(log, number);
        this.sizeBytes = log.byteSize();
    }

    /** Reads the first frames: is it in use, and which extent does it continue? The rule is that of {@link Recovery}. */
    void readBegin() {
        readFirstFrames();
        if (state == State.USED && !started && !newer) {
            VarHandle.fullFence(); // a running store may have written its START while the search went on
            readFirstFrames();
        }
    }

    private void readFirstFrames() {
        walk.moveTo(0);
        DocumentWalk.Found found = walk.step(sizeBytes);
        made = found == DocumentWalk.Found.FRAME && walk.frame.kind == Frame.EXTENT;
        startAt = walk.offset();
        if (made) {
            madeBytes = Frame.longAt(log, walk.payloadOffset() + 8);
            sizeBytes = Math.min(sizeBytes, madeBytes);
            found = walk.step(sizeBytes);
        }
        if (found == DocumentWalk.Found.NEWER) {
            newer = true;
            return; // the walk stands there
        }
        if (found == DocumentWalk.Found.FRAME) {
            state = State.USED;
            noteStart();
        } else if (searchUsed(startAt)) {
            state = State.USED;
        }
        walk.moveTo(0);
    }

    /** Whether there is a frame that only an extent in use has. */
    private boolean searchUsed(long from) {
        long found = walk.search(from, sizeBytes);
        while (found >= 0 && walk.frame.kind == Frame.EXTENT) {
            found = walk.search(walk.offset(), sizeBytes);
        }
        return found >= 0;
    }

    private void noteStart() {
        if (made && walk.frame.kind == Frame.START) {
            started = true;
            previousNumber = Frame.longAt(log, walk.payloadOffset());
            previousEnd = Frame.longAt(log, walk.payloadOffset() + 8);
        }
    }

    /** A frame of whatever kind that checks. */
    void noteFrame(Frame frame) {
        frames++;
        endOffset = walk.offset();
        if (frame.kind == Frame.ENTRY || frame.kind == Frame.PART || frame.kind == Frame.COMMIT) {
            firstMillis = firstMillis == 0 ? frame.appendTimeMillis : firstMillis;
            lastMillis = frame.appendTimeMillis;
            long bytes = (long) Frame.WORD_BYTES + Frame.contentBytes(frame.payloadLength);
            bytesByCollection.merge(frame.collection, bytes, Long::sum);
        }
    }

    /** A whole entry that begins here. */
    void noteEntry(Frame frame) {
        entries++;
        firstSeqId = firstSeqId == 0 ? frame.minSeqId : firstSeqId;
        lastSeqId = frame.maxSeqId;
    }

    WalExtentInfo info() {
        return new WalExtentInfo(number, file, state == State.USED, log.byteSize(), madeBytes, endOffset,
                frames,
                entries, firstSeqId, lastSeqId, firstMillis, lastMillis, tornBytes,
                Map.copyOf(bytesByCollection), started ? (int) previousNumber : -1);
    }
}
