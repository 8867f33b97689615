package io.forebay.index.vector;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Makes the files of a second segment out of those of one that goes on working: by hard links to what nobody writes any
 * more, so that a copy costs neither time nor disk, whatever the size.
 *
 * <p>Two steps, in this order: {@link #graph}, then a view is taken, then {@link #vectors}. So all that the stored graph
 * left out because it was dead is dead in the view too, and its linked prefix does not go beyond the view.
 *
 * <p>What is linked is never written in place by either segment:
 * <ul>
 * <li>A full block: rows below the committed count are never written again. The committed counts of both segments must
 * be on disk, not below the view's, before the copy is used; else a crash would let rows be written anew that both have.
 * <li>The graph: a newer one is another file with the same name. Its header is lowered in place only when the committed
 * count is below its linked prefix, which the same condition excludes.
 * </ul>
 * The last block, if it is not full, is copied. So is whatever cannot be linked (a file system that cannot, too many
 * links to one file, a block that was reclaimed meanwhile): out of the mapping, which the view keeps.
 *
 * <p>Threads: any; the source applies, links, is reclaimed, closed or deleted meanwhile.
 *
 * <p>Failure: an exception leaves files that {@link VectorSegment#delete} removes. A stored graph that is missing or
 * cannot be linked is left out: the copy builds its own.
 */
public final class SegmentCopy {

    private SegmentCopy() {}

    /** Takes over the stored graph, if there is one. */
    public static void graph(Path from, Path to) {
        try {
            Files.createDirectories(to);
            GraphStore.delete(to);
            Path source = from.resolve(GraphFile.NAME);
            Path target = to.resolve(GraphFile.NAME);
            if (!hasLinked(target, source)) {
                Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
                DurableFiles.force(target);
            }
        } catch (NoSuchFileException none) {
            // It was never stored, or is of no use any more.
        } catch (IOException e) {
            throw new UncheckedIOException("graph not copied to " + to, e);
        }
    }

    /**
     * Gives the second segment every vector of the view, and makes the names durable. The rows themselves are durable when
     * {@link VectorSegment#force} of the source has returned.
     */
    public static void vectors(Path from, VectorView view, Path to) {
        try {
            Files.createDirectories(to);
            for (int block : VectorArena.blockNumbers(to)) {
                Files.delete(ArenaLayout.path(to, block));
            }
            for (int block = 0; block < ArenaLayout.blocksFor(view.count()); block++) {
                block(from, view, block, to);
            }
            DurableFiles.syncNames(to);
            Path parent = to.toAbsolutePath().getParent();
            if (parent != null) {
                DurableFiles.syncNames(parent);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("vectors not copied to " + to, e);
        }
    }

    private static void block(Path from, VectorView view, int number, Path to) throws IOException {
        int rows = ArenaLayout.endOf(number, view.count()) - ArenaLayout.firstOf(number);
        MemorySegment mapping = view.rows().block(number);
        if (mapping.address() == 0) {
            // All of it was dead, or it is lost.
            return;
        }
        Path target = ArenaLayout.path(to, number);
        boolean full = rows == ArenaLayout.BLOCK_ROWS;
        if (full && hasLinked(target, ArenaLayout.path(from, number))) {
            return;
        }
        ArenaLayout layout = ArenaLayout.of(view.config().dimension());
        ByteBuffer bytes = mapping.asSlice(0, layout.rowAt(rows)).asByteBuffer();
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            DurableFiles.writeFully(channel, bytes);
            channel.force(true);
        }
        Reference.reachabilityFence(view);
    }

    private static boolean hasLinked(Path target, Path source) {
        try {
            Files.createLink(target, source);
            return true;
        } catch (FileSystemException | UnsupportedOperationException notHere) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(target + " not linked to " + source, e);
        }
    }
}
