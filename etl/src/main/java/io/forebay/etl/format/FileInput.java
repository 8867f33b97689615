package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The bytes of a file, counted. One thread reads; any may ask how far it is. */
final class FileInput extends InputStream {
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private volatile long position;
    private @Nullable IOException failure;

    FileInput(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    /** How much has been read from the disk. */
    long position() {
        return position;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Whether the disk failed, so that who decodes these bytes can tell that from what is wrong with them. */
    boolean hasFailed() {
        return failure != null;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, count);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long inBuffer = Math.min(count, buffer.remaining());
        buffer.position(buffer.position() + (int) inBuffer);
        long onDisk = Math.clamp(count - inBuffer, 0, Math.max(0, channel.size() - channel.position()));
        channel.position(channel.position() + onDisk);
        position += onDisk;
        return inBuffer + onDisk;
    }

    @Override
    public int available() {
        return buffer.remaining();
    }

    private boolean fill() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        try {
            int count = channel.read(buffer.clear());
            buffer.flip();
            position += Math.max(0, count);
            return count > 0;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
