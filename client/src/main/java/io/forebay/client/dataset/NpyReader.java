package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a NumPy array file (format 1.0, C order, float16, float32, float64 or int32) one after the
 * other, with a buffer of fixed size.
 *
 * <p>Not thread-safe.
 *
 * <p>Failure: the header and the file's length are checked when it is opened, so a truncated file is found
 * before its first row is used. A float that is not finite is an error where it is read.
 */
public final class NpyReader implements VectorRows {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path file;
    private final FileChannel channel;
    private final NpyHeader header;
    private final ByteBuffer buffer;
    private long nextRow;

    private NpyReader(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        byte[] prefix = readExactly(NpyHeader.PREFIX_BYTES);
        header = NpyHeader.parse(file, readExactly(NpyHeader.textBytes(file, prefix)));
        long expected = Math.addExact(header.bytes(), Math.multiplyExact(header.rows(), header.rowBytes()));
        if (channel.size() != expected) {
            throw DatasetException.atOffset(file, Math.min(expected, channel.size()), "the file has "
                    + channel.size() + " bytes, its header promises " + expected);
        }
        int rowsPerBuffer = Math.max(1, BUFFER_BYTES / header.rowBytes());
        buffer = ByteBuffer.allocate(rowsPerBuffer * header.rowBytes()).order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    public static NpyReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new NpyReader(file, channel);
        } catch (ArithmeticException e) {
            channel.close();
            throw DatasetException.atOffset(file, NpyHeader.PREFIX_BYTES, "the shape is too large");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public NpyType type() {
        return header.type();
    }

    @Override
    public long rows() {
        return header.rows();
    }

    @Override
    public int columns() {
        return header.columns();
    }

    @Override
    public Path file() {
        return file;
    }

    /** Fills the row, which must be as long as {@link #columns}. False at the end. */
    public boolean next(float[] row) throws IOException {
        if (!nextUnchecked(row)) {
            return false;
        }
        for (int i = 0; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                throw DatasetException.atOffset(file, offset(i), "row " + (nextRow - 1) + " holds " + row[i]);
            }
        }
        return true;
    }

    @Override
    public boolean nextUnchecked(float[] row) throws IOException {
        require(header.type() != NpyType.INT32, "holds integers, floats were asked for");
        if (!advance()) {
            return false;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = switch (header.type()) {
                case FLOAT16 -> Float16.toFloat(buffer.getShort());
                case FLOAT64 -> (float) buffer.getDouble();
                default -> buffer.getFloat();
            };
        }
        return true;
    }

    @Override
    public void skip(long skipped) throws IOException {
        nextRow = Math.min(header.rows(), nextRow + skipped);
        channel.position(header.bytes() + nextRow * header.rowBytes());
        buffer.limit(0);
    }

    public boolean next(int[] row) throws IOException {
        require(header.type() == NpyType.INT32, "holds floats, integers were asked for");
        if (!advance()) {
            return false;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = buffer.getInt();
        }
        return true;
    }

    /** The next row as it is stored, for copying; null at the end. */
    byte @Nullable [] nextRaw() throws IOException {
        if (!advance()) {
            return null;
        }
        byte[] row = new byte[header.rowBytes()];
        buffer.get(row);
        return row;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean advance() throws IOException {
        if (nextRow == header.rows()) {
            return false;
        }
        if (!buffer.hasRemaining()) {
            buffer.clear();
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                continue;
            }
            buffer.flip();
            if (buffer.remaining() < header.rowBytes()) {
                throw DatasetException.atOffset(file, channel.position(),
                        "the file became shorter while it was read");
            }
        }
        nextRow++;
        return true;
    }

    private long offset(int column) {
        return header.bytes() + (nextRow - 1) * header.rowBytes() + (long) column * header.type().bytes();
    }

    private byte[] readExactly(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw DatasetException.atOffset(file, channel.position(), "the file ends inside its header");
            }
        }
        return bytes.array();
    }

    private void require(boolean ok, String what) throws DatasetException {
        if (!ok) {
            throw DatasetException.atOffset(file, NpyHeader.PREFIX_BYTES, what);
        }
    }
}
