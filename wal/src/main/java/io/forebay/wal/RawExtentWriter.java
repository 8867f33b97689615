package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes one finished extent with nothing but documents in it, the first one at offset 0, and without room for more: no
 * process appends to a file that it has not made. For tools, which have no hurry and nobody who reads meanwhile.
 *
 * <p>Threads: one. Failure: an exception leaves a file without its first frame, which counts as never used.
 */
final class RawExtentWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int BEGIN_BYTES = Frame.WORD_BYTES + Frame.contentBytes(16);

    private final Path directory;
    private final int number;
    private final long millis;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer header = ByteBuffer.allocateDirect(Frame.HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    /** Of what is in the buffer. */
    private long bufferOffset;

    /** @param millis the time that its first frame carries */
    RawExtentWriter(Path directory, int number, long millis) throws IOException {
        this.directory = directory;
        this.number = number;
        this.millis = millis;
        Files.createDirectory(directory);
        this.channel = FileChannel.open(LogFiles.fileToMake(directory), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE);
        this.bufferOffset = BEGIN_BYTES;
    }

    int number() {
        return number;
    }

    /** Where the next document begins. */
    long offset() {
        return bufferOffset + buffer.position();
    }

    /** The second frame of an extent in use: which one it continues, where that ends, and the next seqId. */
    void start(long previousNumber, long previousEnd, long nextSeqId) throws IOException {
        ByteBuffer link = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        own(Frame.START, nextSeqId, nextSeqId - 1, link.putLong(previousNumber).putLong(previousEnd).flip());
    }

    /** A frame of the log itself. */
    void own(byte kind, long nextSeqId, long durableSeqId, ByteBuffer payload) throws IOException {
        Frame frame = new Frame();
        frame.kind = kind;
        frame.minSeqId = nextSeqId;
        frame.maxSeqId = nextSeqId - 1;
        frame.durableSeqId = durableSeqId;
        frame.totalLength = payload.remaining();
        frame.appendTimeMillis = millis;
        frame(frame, payload);
    }

    /** Any frame; its payloadLength is set here. */
    void frame(Frame frame, ByteBuffer payload) throws IOException {
        frame.payloadLength = payload.remaining();
        frame.encode(header, number, PayloadCrc.ofThisThread().begin(payload));
        putWord(Frame.contentBytes(frame.payloadLength));
        put(header.duplicate());
        put(payload.duplicate());
        put(ByteBuffer.allocate(-payload.remaining() & 3));
    }

    /** A frame's bytes, without padding, as they are in an extent of the same number. */
    void copy(MemorySegment content) throws IOException {
        int length = (int) content.byteSize();
        putWord(length + 3 & ~3);
        put(content.asByteBuffer());
        put(ByteBuffer.allocate(-length & 3));
    }

    private void putWord(int length) throws IOException {
        put(ByteBuffer.allocate(Frame.WORD_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(length).flip());
    }

    private void put(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > buffer.remaining()) {
            flush();
        }
        if (bytes.remaining() <= buffer.remaining()) {
            buffer.put(bytes);
            return;
        }
        long length = bytes.remaining();
        RealDisk.writeFully(channel, bytes, bufferOffset);
        bufferOffset += length;
    }

    private void flush() throws IOException {
        buffer.flip();
        long length = buffer.remaining();
        RealDisk.writeFully(channel, buffer, bufferOffset);
        bufferOffset += length;
        buffer.clear();
    }

    /** Writes the first frame, last, and puts all of it on disk. */
    void finish() throws IOException {
        flush();
        long end = bufferOffset;
        bufferOffset = 0;
        ByteBuffer made = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        Frame frame = new Frame();
        frame.kind = Frame.EXTENT;
        frame.appendTimeMillis = millis;
        frame.totalLength = made.putLong(number).putLong(end).flip().remaining();
        frame(frame, made);
        flush();
        bufferOffset = end;
        channel.force(true);
        RealDisk.sync(directory);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
