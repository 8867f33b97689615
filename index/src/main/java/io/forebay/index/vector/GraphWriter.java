package io.forebay.index.vector;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes a graph to its file while others go on inserting and searching.
 *
 * <p>What comes out is of one piece because of what never changes: every ordinal below the linked prefix that
 * is in the graph was inserted completely before the prefix was read, so its protected links are in its row
 * and in its partner's, and stay there. Each row is copied under the lock of its stripe, so a copy is never
 * half of a change. All else (links to what came later, links that one side has dropped) is sorted out by
 * {@link GraphReader}.
 *
 * <p>Threads: one owner, used once.
 *
 * <p>Failure: the file that was there stays; {@code graph.tmp} may be left and is overwritten by the next.
 */
final class GraphWriter {

    private final NativeGraph graph;
    private final RoaringBitmap absent;
    private final GraphFile file;
    private final ByteBuffer buffer;
    private final MemorySegment bytes;
    private final BooleanSupplier cancelled;

    private GraphWriter(NativeGraph graph, RoaringBitmap absent, GraphFile file, BooleanSupplier cancelled) {
        this.graph = graph;
        this.absent = absent;
        this.file = file;
        this.buffer = GraphFile.littleEndian(
                GraphFile.BITS_BYTES + GraphFile.PIECE * file.rowBytes() + GraphFile.CRC_BYTES);
        this.bytes = MemorySegment.ofArray(buffer.array());
        this.cancelled = cancelled;
    }

    /**
     * Writes aside, syncs, renames and syncs the names.
     *
     * @param linked every ordinal below is a node, or in {@code absent}
     * @param cancelled asked now and then
     * @return what was written, or null if that was cancelled
     */
    static @Nullable GraphFile write(Path directory, VectorConfig config,
            NativeGraph graph, int linked, RoaringBitmap absent, BooleanSupplier cancelled)
            throws IOException {
        NativeGraph.Entry entry = graph.entry();
        int[] sizes = new int[NativeGraph.LEVELS_MAX];
        // From the top down: the node below one that is counted is counted too.
        for (int level = NativeGraph.LEVELS_MAX; level > 0; level--) {
            sizes[level - 1] = graph.layers[level].size();
        }
        int nodes = linked - (int) absent.rankLong(linked - 1);
        GraphFile file = new GraphFile(config.dimension(), GraphFile.spaceCode(config.space()),
                config.maxNeighbors(), config.efConstruction(), linked, linked, nodes,
                entry == null ? 0 : entry.level(), entry == null ? 0 : entry.node(),
                new GraphFile.Layers(sizes), System.currentTimeMillis());
        Path before = directory.resolve(GraphFile.NAME_BEFORE);
        try (FileChannel channel = FileChannel.open(before, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            if (!new GraphWriter(graph, absent, file, cancelled).run(channel)) {
                return null;
            }
            channel.force(true);
        }
        DurableFiles.rename(before, directory.resolve(GraphFile.NAME));
        return file;
    }

    private boolean run(FileChannel channel) throws IOException {
        DurableFiles.writeFully(channel, file.header());
        for (int piece = 0; piece < GraphFile.pieces(file.stored()); piece++) {
            if (cancelled.getAsBoolean()) {
                return false;
            }
            fillLevel0(piece * GraphFile.PIECE);
            finish(channel, 0, piece);
        }
        for (int level = 1; level <= NativeGraph.LEVELS_MAX; level++) {
            for (int piece = 0; piece < GraphFile.pieces(file.layers().size(level)); piece++) {
                fillUpper(level, piece * GraphFile.PIECE);
                finish(channel, level, piece);
            }
        }
        Reference.reachabilityFence(graph);
        return true;
    }

    private void fillLevel0(int from) {
        int end = (int) Math.min(file.stored(), (long) from + GraphFile.PIECE);
        buffer.clear();
        for (int i = 0; i < GraphFile.BITS_BYTES; i++) {
            buffer.put(i, (byte) 0);
        }
        int at = GraphFile.BITS_BYTES;
        for (int ordinal = from; ordinal < end; ordinal++) {
            if (!absent.contains(ordinal)) {
                int bit = ordinal - from;
                buffer.put(bit >>> 3, (byte) (buffer.get(bit >>> 3) | 1 << (bit & 7)));
                synchronized (graph.stripe(ordinal)) {
                    copy(graph.level0.address(ordinal), at, file.rowBytes());
                }
                at += file.rowBytes();
            }
        }
        buffer.position(at);
    }

    private void fillUpper(int level, int from) {
        GraphLayer layer = graph.layers[level];
        int end = (int) Math.min(file.layers().size(level), (long) from + GraphFile.PIECE);
        buffer.clear();
        int at = 0;
        for (int node = from; node < end; node++) {
            synchronized (graph.stripe(~node)) {
                copy(layer.rows.address(node), at, file.upperRowBytes());
            }
            at += file.upperRowBytes();
        }
        buffer.position(at);
    }

    private void copy(long address, int at, int length) {
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, address, bytes, ValueLayout.JAVA_BYTE, at,
                length);
    }

    private void finish(FileChannel channel, int level, int piece) throws IOException {
        CRC32C crc = file.crc(level, piece);
        crc.update(buffer.array(), 0, buffer.position());
        DurableFiles.writeFully(channel, buffer.putInt((int) crc.getValue()).flip());
    }
}
