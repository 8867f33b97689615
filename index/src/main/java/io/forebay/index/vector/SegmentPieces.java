package io.forebay.index.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a backup needs of the files of a vector segment that goes on working.
 *
 * <p>Rows below the committed count are never written again, so the first bytes of a block, up to the last of these rows,
 * keep their meaning whatever is appended meanwhile, and a full block keeps every byte.
 *
 * <p>Threads: any. The graph is taken before the record segment's checkpoint, the blocks behind it, for the reasons that
 * {@link SegmentCopy} has; between the two no block may be reclaimed.
 */
public final class SegmentPieces {

    /**
     * A file of the segment.
     *
     * @param bytes   how much of it counts; {@link #WHOLE}: all that it has when it gets its second name
     * @param settled nobody writes to it any more
     */
    public record Piece(Path file, long bytes, boolean settled) {
        /** Of a file that may be replaced meanwhile by another one of another length. */
        public static final long WHOLE = -1;
    }

    private SegmentPieces() {}

    /** The stored graph, if there is one. */
    public static List<Piece> graph(Path directory) {
        Path graph = directory.resolve(GraphFile.NAME);
        return Files.exists(graph) ? List.of(new Piece(graph, Piece.WHOLE, false)) : List.of();
    }

    /**
     * All else.
     *
     * @param flushed  ordinals that the record segment knew before the checkpoint: their rows are on disk, and after a crash
     *                 nobody begins below them again, so blocks that are full with them are settled
     * @param ordinals that it knows at the checkpoint or later
     */
    public static List<Piece> vectors(Path directory, int flushed, int ordinals) {
        List<Piece> pieces = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                int block = ArenaLayout.numberOf(file);
                if (block >= 0) {
                    addBlock(file, block, flushed, ordinals, pieces);
                } else if (!file.endsWith(GraphFile.NAME) && !file.endsWith(GraphFile.NAME_BEFORE)) {
                    // Of a segment of an older format, which a first look at it rewrites; or a temporary one.
                    pieces.add(new Piece(file, Piece.WHOLE, false));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        return pieces;
    }

    private static void addBlock(Path file, int block, int flushed, int ordinals, List<Piece> pieces)
            throws IOException {
        int rows = ArenaLayout.endOf(block, ordinals) - ArenaLayout.firstOf(block);
        if (rows <= 0) {
            return;
        }
        long size = Files.size(file);
        boolean full = rows == ArenaLayout.BLOCK_ROWS;
        boolean settled = flushed >= ArenaLayout.firstOf(block) + ArenaLayout.BLOCK_ROWS;
        pieces.add(new Piece(file, full ? size : Math.min(size, endOf(file, rows)), settled));
    }

    private static long endOf(Path file, int rows) throws IOException {
        ByteBuffer header = ArenaLayout.emptyHeader();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            StoredRows.readFully(channel, header, 0);
        }
        boolean damaged = header.getInt(28) != ArenaLayout.headerCrc(header);
        return damaged ? Long.MAX_VALUE : ArenaLayout.ROWS_AT + (long) rows * header.getInt(16);
    }

    private static UncheckedIOException unreadable(Path directory, IOException cause) {
        return new UncheckedIOException("cannot read " + directory + ": " + cause, cause);
    }
}
