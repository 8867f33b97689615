package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes rows of float32 as a NumPy array file. How many there are is written into the header at the end.
 *
 * <p>Not thread-safe.
 *
 * <p>Failure: what was not closed has a header that promises no rows, which no reader takes.
 */
public final class NpyWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;

    private final FileChannel channel;
    private final int columns;
    private final ByteBuffer buffer;
    private final int headerBytes;
    private long rows;

    private NpyWriter(FileChannel channel, int columns) throws IOException {
        this.channel = channel;
        this.columns = columns;
        byte[] header = NpyHeader.format(NpyType.FLOAT32, 0, columns);
        headerBytes = header.length;
        buffer = ByteBuffer.allocate(Math.max(BUFFER_BYTES, 4 * columns)).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(header);
    }

    /** Replaces what is there. */
    public static NpyWriter create(Path file, int columns) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            return new NpyWriter(channel, columns);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** As long as the columns. */
    public void write(float[] row) throws IOException {
        if (row.length != columns) {
            throw new IllegalArgumentException("a row of " + row.length + " in a file of " + columns);
        }
        if (buffer.remaining() < 4 * columns) {
            flush();
        }
        for (float component : row) {
            buffer.putFloat(component);
        }
        rows++;
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** The file is whole from now on. */
    public void finish() throws IOException {
        flush();
        // The text is padded to a multiple of 64, so there is room for the largest number.
        byte[] header = NpyHeader.format(NpyType.FLOAT32, rows, columns);
        if (header.length != headerBytes) {
            throw new IOException("the header does not fit its place");
        }
        ByteBuffer bytes = ByteBuffer.wrap(header);
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
