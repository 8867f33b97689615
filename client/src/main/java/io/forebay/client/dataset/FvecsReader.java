package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads an {@code .fvecs} file with a buffer of fixed size: each row is its dimension as an int32 and its components as
 * float32, little-endian; all rows have the same dimension.
 *
 * <p>Not thread-safe.
 *
 * <p>Failure: the file's length is checked when it is opened; a row of another dimension is an error where it is read.
 */
final class FvecsReader implements VectorRows {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int DIMENSION_MAX = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final int columns;
    private final long rows;
    private final ByteBuffer buffer;
    private long nextRow;

    private FvecsReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        ByteBuffer first = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        if (channel.size() == 0) {
            columns = 1;
            rows = 0;
        } else {
            while (first.hasRemaining()) {
                if (channel.read(first, first.position()) < 0) {
                    throw DatasetException.atOffset(file, first.position(),
                            "the file ends inside its first row");
                }
            }
            columns = first.getInt(0);
            if (columns < 1 || columns > DIMENSION_MAX) {
                throw DatasetException.atOffset(file, 0,
                        "a row of " + columns + " components: not an fvecs file");
            }
            rows = channel.size() / rowBytes();
            if (channel.size() % rowBytes() != 0) {
                throw DatasetException.atOffset(file, rows * rowBytes(), "the file has " + channel.size()
                        + " bytes, which are not whole rows of " + columns + " components: it is cut off");
            }
        }
        buffer = ByteBuffer.allocate(Math.max(1, BUFFER_BYTES / rowBytes()) * rowBytes())
                .order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }

    static FvecsReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new FvecsReader(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private int rowBytes() {
        return 4 + 4 * columns;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public boolean nextUnchecked(float[] row) throws IOException {
        if (nextRow == rows) {
            return false;
        }
        if (!buffer.hasRemaining()) {
            buffer.clear();
            long from = nextRow * rowBytes();
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
                continue;
            }
            buffer.flip();
            if (buffer.remaining() < rowBytes()) {
                throw DatasetException.atOffset(file, from, "the file became shorter while it was read");
            }
        }
        int dimension = buffer.getInt();
        if (dimension != columns) {
            throw DatasetException.atOffset(file, nextRow * rowBytes(), "row " + nextRow + " has " + dimension
                    + " components, the rows before have " + columns);
        }
        buffer.asFloatBuffer().get(row, 0, columns);
        buffer.position(buffer.position() + 4 * columns);
        nextRow++;
        return true;
    }

    @Override
    public void skip(long skipped) {
        nextRow = Math.min(rows, nextRow + skipped);
        buffer.limit(0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
