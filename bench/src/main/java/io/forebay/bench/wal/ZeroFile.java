package io.forebay.bench.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file with real blocks full of zeros, synced, its pages in the page cache: what a raw writer begins with. */
final class ZeroFile {
    private static final int SLICE_BYTES = 1 << 20;
    private static final int SLICES_PER_SYNC = 16;

    private ZeroFile() {}

    static FileChannel make(Path file, long bytes) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(SLICE_BYTES);
            int slices = 0;
            for (long at = 0; at < bytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(SLICE_BYTES, bytes - at));
                write(channel, zeros, at);
                if (++slices % SLICES_PER_SYNC == 0) {
                    channel.force(false);
                }
            }
            channel.force(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** All that remains, at this offset. */
    static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
    }
}
