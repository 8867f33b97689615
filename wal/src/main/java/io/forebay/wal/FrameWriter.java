package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Describes one frame after the other and writes it. Threads: one at a time (the appender's lock). */
final class FrameWriter {
    /** What was described last. */
    final Frame frame = new Frame();
    private final FailPoints clock;
    private final PayloadCrc ownCrc = new PayloadCrc();
    private final ByteBuffer headerBytes = ByteBuffer.allocateDirect(Frame.HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);

    FrameWriter(FailPoints clock) {
        this.clock = clock;
    }

    /** An entry or a piece of one. */
    void describe(byte kind, EntryHeader header, long minSeqId, int totalLength, int part) {
        frame.kind = kind;
        frame.type = header.type();
        frame.minSeqId = minSeqId;
        frame.maxSeqId = minSeqId + header.records() - 1;
        frame.batchIdHash = header.batchIdHash();
        frame.collection = header.collection();
        frame.incarnation = header.incarnation();
        frame.totalLength = totalLength;
        frame.part = part;
        frame.appendTimeMillis = clock.currentTimeMillis();
    }

    /** A frame of the log itself, which takes no seqId. */
    void describeOwn(byte kind, long nextSeqId, int totalLength) {
        frame.kind = kind;
        frame.type = 0;
        frame.minSeqId = nextSeqId;
        frame.maxSeqId = nextSeqId - 1;
        frame.batchIdHash = 0;
        frame.collection = 0;
        frame.incarnation = 0;
        frame.totalLength = totalLength;
        frame.part = 0;
        frame.appendTimeMillis = clock.currentTimeMillis();
    }

    /** Writes the described frame, which no reader sees yet, and returns its document's offset. */
    long write(ExtentMaker.Made made, ByteBuffer payload, SyncThread sync) throws IOException {
        return write(made, payload, ownCrc.begin(payload), sync);
    }

    /** As the other, with a checksum that was begun with the payload outside of the lock. */
    long write(ExtentMaker.Made made, ByteBuffer payload, PayloadCrc crc, SyncThread sync)
            throws IOException {
        frame.payloadLength = payload.remaining();
        frame.durableSeqId = sync.durableSeqId();
        frame.encode(headerBytes, made.extent().number, crc);
        try {
            return made.writer().append(headerBytes, payload, sync.isAskedFor());
        } catch (RuntimeException | Error e) {
            throw new IOException(e); // whatever it was, what the file holds now is unknown
        }
    }
}
