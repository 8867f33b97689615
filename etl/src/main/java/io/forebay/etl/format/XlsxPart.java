package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;

/**
 * One part of a workbook, expanded. Bounds how much comes out of the whole workbook, and how much of one thing: a reader that
 * has nothing in hand any more says so with {@link #progress}.
 */
final class XlsxPart extends InputStream {
    private static final int READ_BYTES_MAX = 1 << 13;

    private final InputStream in;
    private final XlsxFile file;
    private final String name;
    private final int thingBytesMax;
    private long read;
    private long progressAt;

    XlsxPart(InputStream in, XlsxFile file, String name, int thingBytesMax) {
        this.in = in;
        this.file = file;
        this.name = name;
        this.thingBytesMax = thingBytesMax;
    }

    void progress() {
        progressAt = read;
    }

    long bytes() {
        return read;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (read - progressAt > thingBytesMax + 2L * READ_BYTES_MAX) {
            throw new UnreadableFileException(Limits.tooLong("Something in part " + name + " of the workbook",
                    thingBytesMax));
        }
        int count = in.read(bytes, offset, Math.min(length, READ_BYTES_MAX));
        if (count > 0) {
            read += count;
            file.expanded(count);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
