package io.forebay.index.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The tools for a vector segment that is not open.
 *
 * <p>Threads: any; each call by itself. {@link #stat} and {@link #checkGraph} change nothing; {@link
 * #buildGraph} opens the segment as a start does.
 */
public final class SegmentFiles {

    private static final int SLICE = 256;

    private SegmentFiles() {}

    /**
     * What is in the directory.
     *
     * @param graph what the header of the stored graph says; null when there is none, or it cannot be read
     * @param graphProblem why it cannot be read
     */
    public record Stat(int blocks, long blockBytes, long graphBytes, long otherBytes, @Nullable Graph graph,
            @Nullable String graphProblem) {}

    /**
     * A stored graph.
     *
     * @param linked ordinals below this are in it, or were dead when they were linked
     * @param timeMillis when it was written
     */
    public record Graph(int version, int linked, int nodes, long timeMillis) {}

    /**
     * What a look at the stored graph found.
     *
     * @param stored false when there is none
     * @param nodes that a start would take up
     * @param problems empty when it is sound
     */
    public record GraphReport(boolean stored, int nodes, List<String> problems) {}

    /** @throws UncheckedIOException if the directory cannot be read */
    public static Stat stat(Path directory) {
        int blocks = 0;
        long blockBytes = 0;
        long graphBytes = 0;
        long otherBytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                long bytes = Files.size(file);
                if (ArenaLayout.numberOf(file) >= 0) {
                    blocks++;
                    blockBytes += bytes;
                } else if (file.getFileName().toString().equals(GraphFile.NAME)) {
                    graphBytes = bytes;
                } else {
                    otherBytes += bytes;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment cannot be read: " + directory, e);
        }
        Graph graph = null;
        String problem = null;
        if (graphBytes > 0) {
            try (FileChannel channel = open(directory)) {
                GraphFile file = GraphFile.read(channel);
                graph = new Graph(GraphFile.VERSION, file.linked(), file.nodes(), file.time());
            } catch (IOException e) {
                problem = e.getMessage();
            }
        }
        return new Stat(blocks, blockBytes, graphBytes, otherBytes, graph, problem);
    }

    /** How many ordinals the blocks that there are have place for; 0 when there are none. */
    public static long room(Path directory) {
        try {
            return Files.isDirectory(directory) && !VectorArena.blockNumbers(directory).isEmpty()
                    ? (VectorArena.blockNumbers(directory).last() + 1L) * ArenaLayout.BLOCK_ROWS
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment cannot be read: " + directory, e);
        }
    }

    private static FileChannel open(Path directory) throws IOException {
        return FileChannel.open(directory.resolve(GraphFile.NAME), StandardOpenOption.READ);
    }

    /** Reads the stored graph as {@link VectorSegment#open} does, and checks what came out. */
    public static GraphReport checkGraph(Path directory, VectorConfig config, int committed) {
        if (!Files.exists(directory.resolve(GraphFile.NAME))) {
            return new GraphReport(false, 0, List.of());
        }
        try (FileChannel channel = open(directory)) {
            GraphReader.Loaded loaded = GraphReader.read(channel, config, committed);
            return new GraphReport(true, loaded.graph().size(),
                    GraphCheck.problems(loaded.graph(), loaded.linked()));
        } catch (IOException e) {
            return new GraphReport(true, 0, List.of(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Builds the graph anew, with all cores, and stores it; returns the number of its nodes. The one before
     * is deleted first.
     *
     * @throws UncheckedIOException if the files cannot be read or written
     */
    public static int buildGraph(Path directory, VectorConfig config, int committed,
            @Nullable RoaringBitmap live) {
        try {
            GraphStore.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("stored graph not deleted: " + directory, e);
        }
        try (VectorSegment segment = VectorSegment.open(directory, config, committed, live)) {
            IntStream.range(0, Runtime.getRuntime().availableProcessors()).parallel().forEach(thread -> {
                while (segment.link(SLICE) > 0) {
                    // The next slice.
                }
            });
            while (segment.linked() < committed) {
                if (segment.link(SLICE) == 0) {
                    throw new IllegalStateException("linked " + segment.linked() + " of " + committed);
                }
            }
            segment.storeGraph();
            return segment.graph().size();
        }
    }
}
