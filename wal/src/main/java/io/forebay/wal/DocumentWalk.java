package io.forebay.wal;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Walks the raw documents of one extent: the one code path by which recovery, readers and tools take frames from a file.
 * It believes nothing but the 4-byte words, and those only as far as a frame's checksum agrees.
 *
 * <p>Threads: one at a time; the bytes before the walked limit must not change any more.
 */
final class DocumentWalk {
    private static final int NOT_COMPLETE = 0x8000_0000;
    private static final int META = 0x4000_0000;
    private static final int LENGTH = 0x3fff_ffff;

    /** What {@link #step} came upon. */
    enum Found {
        FRAME, END, BAD, NEWER
    }

    final Frame frame = new Frame();
    private final MemorySegment log;
    private final int extentNumber;
    private long offset;
    private long documentOffset;
    private long endOfUnchecked = -1;
    private @Nullable String reason;

    DocumentWalk(MemorySegment log, int extentNumber) {
        this.log = log;
        this.extentNumber = extentNumber;
    }

    void moveTo(long documentOffset) {
        offset = documentOffset;
    }

    /** Where the next step begins: behind the last good document. */
    long offset() {
        return offset;
    }

    /** Where the frame just found has its word. */
    long documentOffset() {
        return documentOffset;
    }

    long payloadOffset() {
        return documentOffset + Frame.WORD_BYTES + Frame.HEADER_BYTES;
    }

    /** After BAD: where the document ends when only its checksum is wrong; -1 when its length cannot be believed. */
    long endOfUnchecked() {
        return endOfUnchecked;
    }

    /** Why the last step was BAD or NEWER. */
    String reason() {
        return reason == null ? "" : reason;
    }

    /** Goes to the next frame below the limit. After END, BAD and NEWER {@link #offset} is the place in question. */
    Found step(long limit) {
        endOfUnchecked = -1;
        while (true) {
            if (offset + Frame.WORD_BYTES > limit) {
                return Found.END;
            }
            int word = Frame.intAt(log, offset);
            if (word == 0) {
                return Found.END;
            }
            int length = word & LENGTH;
            long content = offset + Frame.WORD_BYTES;
            if ((word & NOT_COMPLETE) != 0) {
                return bad("unfinished document");
            }
            if (content + length > limit) {
                return bad("document of " + length + " bytes reaches beyond the end");
            }
            boolean frameHere = length >= Frame.HEADER_BYTES && Frame.hasMagic(log, content);
            if ((word & META) == 0) {
                return frameHere ? check(content, length) : bad("no frame in the document");
            }
            if (frameHere) {
                return bad("frame marked as Chronicle's own");
            }
            if (new DocumentWalk(log, extentNumber).search(content, content + length) >= 0) {
                return bad("a document of Chronicle's own that covers a frame");
            }
            offset = content + length + 3 & ~3L;
        }
    }

    private Found check(long content, int length) {
        frame.decode(log, content);
        if (frame.payloadLength < 0 || Frame.contentBytes(frame.payloadLength) != length) {
            return bad("lengths of document and frame differ");
        }
        if (!frame.checks(log, content, extentNumber)) {
            endOfUnchecked = content + length + 3 & ~3L;
            return bad("wrong checksum");
        }
        if (frame.version != Frame.VERSION) {
            reason = "frame of version " + frame.version + ", this Forebay knows " + Frame.VERSION;
            return Found.NEWER;
        }
        documentOffset = offset;
        offset = content + length + 3 & ~3L;
        return Found.FRAME;
    }

    private Found bad(String why) {
        reason = why;
        return Found.BAD;
    }

    /**
     * The first valid frame at or behind this offset, whatever the words say, or -1; {@link #frame} then holds it and
     * {@link #offset} is behind it.
     */
    long search(long from, long limit) {
        long last = limit - Frame.HEADER_BYTES;
        for (long at = from + 3 & ~3L; at <= last; at += 4) {
            if (!Frame.hasMagic(log, at)) {
                continue;
            }
            frame.decode(log, at);
            long end = at + Frame.HEADER_BYTES + Math.max(0, frame.payloadLength);
            if (frame.payloadLength >= 0 && end <= limit && frame.checks(log, at, extentNumber)) {
                documentOffset = at - Frame.WORD_BYTES;
                offset = end + 3 & ~3L;
                return documentOffset;
            }
        }
        return -1;
    }
}
