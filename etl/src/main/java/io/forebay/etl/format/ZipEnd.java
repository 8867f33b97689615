package io.forebay.etl.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The record at the end of a zip file, looked at before the directory that it tells of is read into memory. */
record ZipEnd(int entries, long directoryBytes, long directoryAt) {
    private static final int BYTES = 22;
    private static final int COMMENT_BYTES_MAX = 0xffff;
    private static final int SIGNATURE = 0x06054b50;

    /** @throws UnreadableFileException if there is none: the file is cut off or no zip file */
    static ZipEnd of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int length = (int) Math.min(channel.size(), BYTES + COMMENT_BYTES_MAX);
            ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            long from = channel.size() - length;
            while (tail.hasRemaining() && channel.read(tail, from + tail.position()) >= 0) {
                continue;
            }
            for (int at = length - BYTES; at >= 0; at--) {
                if (tail.getInt(at) == SIGNATURE
                        && (tail.getShort(at + 20) & 0xffff) == length - BYTES - at) {
                    return new ZipEnd(tail.getShort(at + 10) & 0xffff, tail.getInt(at + 12) & 0xffffffffL,
                            tail.getInt(at + 16) & 0xffffffffL);
                }
            }
        }
        throw new UnreadableFileException(
                "The workbook is cut off: a zip file has a directory at its end, this has none");
    }
}
