package io.forebay.wal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A log of known offsets: extents 1, 2, ... with as many entries each, of one record and {@link #LENGTH} bytes. All of it
 * was synced when the next extent began, none of the last one's.
 */
final class RawLog {
    static final int LENGTH = 100;
    private static final int BEGIN = 2 * (Frame.WORD_BYTES + Frame.contentBytes(16));
    private static final int DOCUMENT = Frame.WORD_BYTES + Frame.contentBytes(LENGTH);

    private final Path directory;
    private final int entries;
    private final boolean synced;
    private long end;

    RawLog(Path directory, int extents, int entries) throws IOException {
        this(directory, extents, entries, true);
    }

    /** @param synced false for a log of which nothing was ever synced */
    RawLog(Path directory, int extents, int entries, boolean synced) throws IOException {
        this.synced = synced;
        this.directory = Files.createDirectory(directory);
        this.entries = entries;
        long next = 1;
        for (int number = 1; number <= extents; number++) {
            try (RawExtentWriter out = extent(number, next)) {
                long durable = synced ? next - 1 : 0;
                for (int i = 0; i < entries; i++) {
                    Frame frame = new Frame();
                    frame.kind = Frame.ENTRY;
                    frame.type = 1;
                    frame.collection = 4;
                    frame.minSeqId = next;
                    frame.maxSeqId = next++;
                    frame.durableSeqId = durable;
                    frame.totalLength = LENGTH;
                    frame.appendTimeMillis = 1000 * next;
                    out.frame(frame, Logs.payload(frame.minSeqId, LENGTH));
                }
                end = out.offset();
                out.finish();
            }
        }
    }

    private RawExtentWriter extent(int number, long next) throws IOException {
        RawExtentWriter out = new RawExtentWriter(ExtentFiles.pathOf(directory, number), number, 1000);
        ByteBuffer link = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        link.putLong(number == 1 ? -1 : number - 1).putLong(number == 1 ? 0 : end).flip();
        out.own(Frame.START, next, synced ? next - 1 : 0, link);
        return out;
    }

    /** One more extent, with nothing but a barrier: everything before is synced. */
    void barrier(int number, long next) throws IOException {
        try (RawExtentWriter out = extent(number, next)) {
            out.own(Frame.BARRIER, next, next - 1, ByteBuffer.allocate(0));
            out.finish();
        }
    }

    /** Where the entry with this index in its extent begins. */
    static long offset(int index) {
        return BEGIN + (long) index * DOCUMENT;
    }

    static long startOffset() {
        return BEGIN / 2;
    }

    long seqId(int extent, int index) {
        return (long) (extent - 1) * entries + index + 1;
    }

    Path file(int extent) {
        return LogFiles.fileIn(ExtentFiles.pathOf(directory, extent));
    }

    void flip(int extent, long at) throws IOException {
        flip(extent, at, 0);
    }

    void flip(int extent, long at, int bit) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file(extent).toFile(), "rw")) {
            raw.seek(at);
            int old = raw.read();
            raw.seek(at);
            raw.write(old ^ 1 << bit);
        }
    }

    void zero(int extent, long from, long to) throws IOException {
        write(extent, from, new byte[(int) (to - from)]);
    }

    void write(int extent, long from, byte[] bytes) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file(extent).toFile(), "rw")) {
            raw.seek(from);
            raw.write(bytes);
        }
    }

    void truncate(int extent, long length) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file(extent).toFile(), "rw")) {
            raw.setLength(length);
        }
    }

    /** Makes an entry one of version 9, whose checksum is right. */
    void newer(int extent, int index) throws IOException {
        byte[] frame = new byte[Frame.HEADER_BYTES + LENGTH];
        try (RandomAccessFile raw = new RandomAccessFile(file(extent).toFile(), "rw")) {
            raw.seek(offset(index) + Frame.WORD_BYTES);
            raw.readFully(frame);
        }
        frame[4] = 9;
        CRC32C crc = new CRC32C();
        crc.update(frame, Frame.HEADER_BYTES, LENGTH);
        crc.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(extent).flip());
        crc.update(frame, 0, 76);
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(76, (int) crc.getValue());
        write(extent, offset(index) + Frame.WORD_BYTES, frame);
    }
}
