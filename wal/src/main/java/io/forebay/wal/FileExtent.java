package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * An extent as a plain file: documents one behind the other from offset 0, each a positional write of word, frame header
 * and payload together. The file is zero-filled before, so padding is there already and the word behind the last document
 * is zero.
 *
 * <p>Threads: as {@link ExtentWriter} says.
 */
final class FileExtent implements ExtentWriter {
    static final String FILE = "extent.log";

    private final Disk.Open file;
    private final long sizeBytes;
    private final FailPoints failPoints;
    private final ByteBuffer front = ByteBuffer.allocateDirect(Frame.WORD_BYTES + Frame.HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    private volatile long endOffset;

    private FileExtent(Disk.Open file, long sizeBytes, FailPoints failPoints) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.failPoints = failPoints;
    }

    /** Opens the extent prepared in this directory (a zero-filled {@link #FILE} of this size). */
    static FileExtent open(Disk disk, Path directory, long sizeBytes, FailPoints failPoints)
            throws IOException {
        return new FileExtent(disk.open(directory.resolve(FILE)), sizeBytes, failPoints);
    }

    @Override
    public long append(ByteBuffer header, ByteBuffer payload, boolean forceSoon) throws IOException {
        long at = endOffset;
        int contentBytes = Frame.contentBytes(payload.remaining());
        front.clear().putInt(contentBytes);
        front.put(Frame.WORD_BYTES, header, header.position(), Frame.HEADER_BYTES).position(0);
        if (failPoints == FailPoints.NONE) {
            file.write(front, payload, at, forceSoon);
        } else {
            file.write(front, at); // a test may end it here, with half a frame
            failPoints.at(FailPoints.Point.INSIDE_FRAME);
            file.write(payload, at + front.limit());
        }
        endOffset = at + Frame.WORD_BYTES + contentBytes;
        return at;
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public boolean hasRoomFor(int contentBytes) {
        return endOffset + Frame.WORD_BYTES + contentBytes <= sizeBytes;
    }

    @Override
    public void force() throws IOException {
        file.force(false);
    }

    @Override
    public void close() {
        file.close();
    }
}
