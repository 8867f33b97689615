package io.forebay.bench.wal;

import io.forebay.bench.load.BenchThreads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.Future;

/**
 * The limit of durability {@code os}: one thread copies the same bytes into a mapping of a zero-filled file. No checksum, no
 * header, no sync. The mapping is made while the clock runs, so its page faults are paid.
 */
final class RawMapped {
    private final Path directory;
    private final Batches batches;
    private final MemorySegment[] sources;

    RawMapped(Path directory, Batches batches) {
        this.directory = directory;
        this.batches = batches;
        this.sources = new MemorySegment[batches.different()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = MemorySegment.ofBuffer(batches.payload(i));
        }
    }

    /** Into one file that is there before the clock starts; returns nanoseconds. */
    long burst(int count) throws IOException {
        long bytes = (long) count * batches.shape().bytes;
        try (FileChannel channel = ZeroFile.make(directory.resolve("raw"), bytes);
                Arena arena = Arena.ofConfined()) {
            long begin = System.nanoTime();
            copy(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena), 0, count);
            return System.nanoTime() - begin;
        }
    }

    /** Into as many files as it takes: the first is there, a second thread makes each next one, one ahead. */
    long sustained(int count, long fileBytes) throws Exception {
        int perFile = batches.shape().countIn(fileBytes);
        int files = (count + perFile - 1) / perFile;
        FileChannel[] made = new FileChannel[files];
        made[0] = ZeroFile.make(directory.resolve("raw-0"), fileBytes);
        try (Arena arena = Arena.ofConfined()) {
            long begin = System.nanoTime();
            for (int i = 0; i < files; i++) {
                int following = i + 1;
                Future<FileChannel> next = following == files
                        ? null
                        : BenchThreads.beside(
                                () -> made[following] = ZeroFile.make(directory.resolve("raw-" + following),
                                        fileBytes));
                int first = i * perFile;
                copy(made[i].map(FileChannel.MapMode.READ_WRITE, 0, fileBytes, arena), first,
                        Math.min(count, first + perFile));
                if (next != null) {
                    next.get();
                }
            }
            return System.nanoTime() - begin;
        } finally {
            for (FileChannel channel : made) {
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private void copy(MemorySegment file, int from, int to) {
        int bytes = batches.shape().bytes;
        long at = 0;
        for (int number = from; number < to; number++) {
            MemorySegment.copy(sources[number % sources.length], 0, file, at, bytes);
            at += bytes;
        }
    }
}
