package io.forebay.client.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the lines of a file, gzipped when its name ends in {@code .gz}, as bytes in a buffer that holds one line.
 *
 * <p>Not thread-safe.
 */
final class LineReader implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 64 << 20;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final Path file;
    private final FileChannel channel;
    private final InputStream in;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;
    private int start;
    private int length;
    private long lineNumber;

    private LineReader(Path file, FileChannel channel, InputStream in) {
        this.file = file;
        this.channel = channel;
        this.in = in;
    }

    static LineReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            InputStream raw = Channels.newInputStream(channel);
            boolean zipped = file.getFileName().toString().endsWith(".gz");
            return new LineReader(file, channel, zipped ? new GZIPInputStream(raw, BUFFER_BYTES) : raw);
        } catch (ZipException | EOFException e) {
            channel.close();
            throw DatasetException.atOffset(file, 0, "not a gzip file");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Goes to the next line that is not empty; false at the end. */
    boolean next() throws IOException {
        while (advance()) {
            lineNumber++;
            if (lineNumber == 1 && startsWithMark()) {
                start += BYTE_ORDER_MARK.length;
                length -= BYTE_ORDER_MARK.length;
            }
            if (length > 0 && buffer[start + length - 1] == '\r') {
                length--;
            }
            if (length > 0) {
                return true;
            }
        }
        return false;
    }

    private boolean startsWithMark() {
        return length >= BYTE_ORDER_MARK.length
                && Arrays.equals(buffer, start, start + BYTE_ORDER_MARK.length,
                        BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    private boolean advance() throws IOException {
        int searched = next;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    start = next;
                    length = i - next;
                    next = i + 1;
                    return true;
                }
            }
            searched = end - next;
            if (!fill()) {
                start = next;
                length = end - next;
                next = end;
                return length > 0;
            }
            searched += next;
        }
    }

    /** Moves what is left to the front and reads more behind it; false at the end of the file. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, next, buffer, 0, end - next);
        end -= next;
        next = 0;
        if (end == buffer.length) {
            if (end >= LINE_BYTES_MAX) {
                throw DatasetException.atLine(file, lineNumber + 1,
                        "longer than " + LINE_BYTES_MAX + " bytes");
            }
            buffer = Arrays.copyOf(buffer, 2 * end);
        }
        try {
            int count = in.read(buffer, end, buffer.length - end);
            end += Math.max(0, count);
            return count >= 0;
        } catch (EOFException | ZipException e) {
            throw DatasetException.atLine(file, lineNumber + 1, "the gzip stream is damaged or cut off");
        }
    }

    byte[] buffer() {
        return buffer;
    }

    /** Where the line begins in the buffer. */
    int start() {
        return start;
    }

    int length() {
        return length;
    }

    /** Of the line, from 1, counting empty ones. */
    long lineNumber() {
        return lineNumber;
    }

    Path file() {
        return file;
    }

    double share() throws IOException {
        long size = channel.size();
        return size == 0 ? 1 : (double) Math.min(size, channel.position()) / size;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
