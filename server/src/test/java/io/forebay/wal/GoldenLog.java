package io.forebay.wal;

import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A small log that is the same, byte by byte, wherever and whenever it is made: three extents, a batch in pieces, a gap of
 * seqIds, and a torn tail. It lies in this package because it writes frames.
 */
public final class GoldenLog {
    private static final long BEGIN = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Path directory;
    private final List<Long> offsets = new ArrayList<>();
    private long millis = BEGIN;
    private long nextSeqId = 1;

    private GoldenLog(Path directory) {
        this.directory = directory;
    }

    /** Makes it; returns the offsets of its frames of entries, in their order. */
    public static List<Long> make(Path directory) throws IOException {
        Files.createDirectories(directory);
        GoldenLog log = new GoldenLog(directory);
        long end = log.first();
        end = log.second(end);
        log.third(end);
        return log.offsets;
    }

    /** Changes one bit of a byte. */
    public static void flip(Path directory, int extent, long offset) throws IOException {
        Path file = LogFiles.fileIn(ExtentFiles.pathOf(directory, extent));
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(offset);
            int old = raw.read();
            raw.seek(offset);
            raw.write(old ^ 1);
        }
    }

    private RawExtentWriter extent(int number, long previousEnd) throws IOException {
        RawExtentWriter out = new RawExtentWriter(ExtentFiles.pathOf(directory, number), number, millis);
        out.start(number == 1 ? -1 : number - 1, previousEnd, nextSeqId);
        return out;
    }

    private long first() throws IOException {
        try (RawExtentWriter out = extent(1, 0)) {
            byte[] change = "a change of the catalog".getBytes(StandardCharsets.US_ASCII);
            entry(out, 0, 2, 1, 0, ByteBuffer.wrap(change));
            batch(out, 1, Operation.ADD, 0, "a", "b", "c");
            batch(out, 2, Operation.UPSERT, 0xfeedL, "x", "y");
            out.own(Frame.BARRIER, nextSeqId, nextSeqId - 1, NOTHING);
            long end = out.offset();
            out.finish();
            return end;
        }
    }

    private long second(long previousEnd) throws IOException {
        try (RawExtentWriter out = extent(2, previousEnd)) {
            ByteBuffer whole = batchOf(Operation.ADD, "d", "e", "f").encoded();
            int third = whole.remaining() / 3;
            for (int part = 0; part < 3; part++) {
                int from = whole.position() + part * third;
                int length = part == 2 ? whole.remaining() - 2 * third : third;
                frame(out, Frame.PART, 1, 1, 3, part, 0xabcL, whole.remaining(), whole.slice(from, length));
            }
            frame(out, Frame.COMMIT, 1, 1, 3, 3, 0xabcL, whole.remaining(), NOTHING);
            nextSeqId += 3;
            batch(out, 2, Operation.DELETE, 0, "x");
            nextSeqId = 20;
            out.own(Frame.RESERVE, nextSeqId, 10, NOTHING);
            batch(out, 1, Operation.UPDATE, 0, "a", "d");
            long end = out.offset();
            out.finish();
            return end;
        }
    }

    private void third(long previousEnd) throws IOException {
        try (RawExtentWriter out = extent(3, previousEnd)) {
            batch(out, 1, Operation.ADD, 0, "g");
            byte[] torn = new byte[120];
            ByteBuffer.wrap(torn).order(ByteOrder.LITTLE_ENDIAN).putInt(Frame.MAGIC).putInt(0x0101);
            out.copy(MemorySegment.ofArray(torn));
            out.finish();
        }
    }

    private static RecordBatch batchOf(Operation operation, String... ids) {
        var batch = RecordBatch.builder(operation);
        for (String id : ids) {
            if (operation == Operation.DELETE) {
                batch.id(id);
            } else {
                batch.record(id, new float[]{id.charAt(0), 1}, "document " + id);
            }
        }
        return batch.build();
    }

    private void batch(RawExtentWriter out, int collection, Operation operation, long batchIdHash,
            String... ids)
            throws IOException {
        entry(out, collection, 1, ids.length, batchIdHash, batchOf(operation, ids).encoded());
    }

    private void entry(RawExtentWriter out, int collection, int type, int records, long batchIdHash,
            ByteBuffer payload) throws IOException {
        frame(out, Frame.ENTRY, collection, type, records, 0, batchIdHash, payload.remaining(), payload);
        nextSeqId += records;
    }

    private void frame(RawExtentWriter out, byte kind, int collection, int type, int records, int part,
            long batchIdHash, int totalLength, ByteBuffer payload) throws IOException {
        Frame frame = new Frame();
        frame.kind = kind;
        frame.type = (byte) type;
        frame.minSeqId = nextSeqId;
        frame.maxSeqId = nextSeqId + records - 1;
        frame.durableSeqId = Math.max(0, nextSeqId - 2);
        frame.batchIdHash = batchIdHash;
        frame.appendTimeMillis = millis += 1001;
        frame.totalLength = totalLength;
        frame.collection = collection;
        frame.incarnation = 5;
        frame.part = part;
        offsets.add(out.offset());
        out.frame(frame, payload);
    }
}
