package io.forebay.wal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whether a file of a log begins with the frames of another one, byte for byte at the same places. What Chronicle has
 * between them (positions, index pages) it goes on writing to; so only frames are compared.
 *
 * <p>Threads: one. Failure: an IOException.
 */
final class SameFrames {
    private SameFrames() {}

    /** Of the first so many bytes of {@code copy}; false also when one of the two has a frame there that does not check. */
    static boolean inBoth(Path copy, Path file, int extent, long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment expected = map(copy, arena);
            MemorySegment found = map(file, arena);
            if (bytes > Math.min(expected.byteSize(), found.byteSize())) {
                return false;
            }
            DocumentWalk walk = new DocumentWalk(expected, extent);
            DocumentWalk other = new DocumentWalk(found, extent);
            while (walk.step(bytes) == DocumentWalk.Found.FRAME) {
                long at = walk.documentOffset();
                if (other.step(bytes) != DocumentWalk.Found.FRAME || other.documentOffset() != at
                        || MemorySegment.mismatch(expected, at, walk.offset(), found, at,
                                walk.offset()) >= 0) {
                    return false;
                }
            }
            return walk.offset() >= bytes || Frame.intAt(expected, walk.offset()) == 0;
        }
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }
}
