package io.forebay.index.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * What a look at the stored vectors of a segment that is not open found. Changes nothing.
 *
 * @param checked live rows compared with their checksums, damaged ones included
 * @param damaged ordinals of those that do not match, cannot be read, or have no file
 * @param blocks files found that hold rows below the committed count
 * @param damagedHeaders how many of these files have lost their header, which opening the segment mends
 */
public record VectorCheck(int checked, RoaringBitmap damaged, int blocks, int damagedHeaders) {

    /**
     * Checks as {@link VectorSegment#open} does, with the same parameters.
     *
     * @throws UncheckedIOException if a file cannot be opened or is of another shape
     */
    public static VectorCheck of(Path directory, VectorConfig config, int committed,
            @Nullable RoaringBitmap live) {
        ArenaLayout layout = ArenaLayout.of(config.dimension());
        DeadSet dead = live == null ? DeadSet.EMPTY : DeadSet.without(live, committed);
        try (ArenaCheck check = new ArenaCheck(layout, dead, committed)) {
            if (OldArena.isToBeRead(directory)) {
                try (OldArena old = OldArena.open(directory, layout)) {
                    check.rows(old.stored(), 0, committed);
                    return new VectorCheck(check.checked(), check.damaged(), 0, 0);
                }
            }
            return ofBlocks(directory, layout, committed, check);
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment cannot be checked: " + directory, e);
        }
    }

    private static VectorCheck ofBlocks(Path directory, ArenaLayout layout, int committed, ArenaCheck check)
            throws IOException {
        TreeSet<Integer> found = Files.isDirectory(directory)
                ? VectorArena.blockNumbers(directory)
                : new TreeSet<>();
        int blocks = 0;
        int damagedHeaders = 0;
        for (int number = 0; number < ArenaLayout.blocksFor(committed); number++) {
            int first = ArenaLayout.firstOf(number);
            int end = ArenaLayout.endOf(number, committed);
            if (!found.contains(number)) {
                check.missing(first, end);
                continue;
            }
            blocks++;
            Path path = ArenaLayout.path(directory, number);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                ByteBuffer header = ArenaLayout.emptyHeader();
                StoredRows.readFully(file, header, 0);
                damagedHeaders += layout.isHeader(header, number, path) ? 0 : 1;
                check.rows(new StoredRows(file, ArenaLayout.ROWS_AT, file, ArenaLayout.HEADER_BYTES, first),
                        first, end);
            }
        }
        return new VectorCheck(check.checked(), check.damaged(), blocks, damagedHeaders);
    }
}
