package io.forebay.index.vector;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Makes a graph of its file. Believes nothing: sizes are held against the length of the file before memory is
 * taken, pieces against their checksums, and whatever the rows say, the graph that comes out names only nodes
 * that it has ({@link GraphRepair}), because its walks do not check.
 *
 * <p>Threads: one owner, used once.
 */
final class GraphReader {

    /**
     * A graph, and which ordinals below {@code linked} are in it.
     *
     * @param dropped how many nodes of the file below {@code linked} are not, because nothing holds them to
     * the others
     */
    record Loaded(NativeGraph graph, GraphFile file, int linked, BitSet nodes, int dropped) {}

    /**
     * Links to what is left out are gone: with less than this a graph is not as good as one that is built
     * again.
     */
    private static final double KEPT_SHARE_MIN = 0.9;

    private final FileChannel channel;
    private final GraphFile file;
    private final int linked;
    private final NativeGraph graph;
    private final BitSet nodes = new BitSet();
    private final ByteBuffer buffer;
    private final MemorySegment bytes;
    private long position = GraphFile.HEADER_BYTES;

    private GraphReader(FileChannel channel, GraphFile file, int committed) {
        this.channel = channel;
        this.file = file;
        this.linked = Math.min(file.linked(), committed);
        this.graph = new NativeGraph(file.maxNeighbors());
        this.buffer = GraphFile.littleEndian(GraphFile.PIECE * file.rowBytes() + GraphFile.CRC_BYTES);
        this.bytes = MemorySegment.ofArray(buffer.array());
    }

    /**
     * @param committed ordinals from here on are left out: they are given out again
     * @throws GraphFile.DamagedException if the file is not what was written, or was made for another shape
     */
    static Loaded read(FileChannel channel, VectorConfig config, int committed) throws IOException {
        GraphFile file = GraphFile.read(channel);
        file.requireMadeFor(config);
        Loaded loaded = new GraphReader(channel, file, committed).run();
        Reference.reachabilityFence(loaded.graph);
        return loaded;
    }

    private Loaded run() throws IOException {
        int found = 0;
        for (int piece = 0; piece < GraphFile.pieces(file.stored()); piece++) {
            found += readLevel0(piece);
        }
        GraphFile.require(found == file.nodes(), "%d nodes instead of %d".formatted(found, file.nodes()));
        int before = nodes.cardinality();
        GraphRepair.run(graph, nodes, linked);
        GraphFile.require(nodes.cardinality() >= KEPT_SHARE_MIN * file.nodes(),
                "only %d of its %d nodes can be used".formatted(nodes.cardinality(), file.nodes()));
        NativeGraph.Entry entry = readLayers();
        graph.restored(entry, nodes.cardinality());
        return new Loaded(graph, file, linked, nodes, before - nodes.cardinality());
    }

    private int readLevel0(int piece) throws IOException {
        int first = piece * GraphFile.PIECE;
        int count = (int) Math.min(GraphFile.PIECE, (long) file.stored() - first);
        CRC32C crc = file.crc(0, piece);
        ByteBuffer bits = GraphFile.littleEndian(GraphFile.BITS_BYTES);
        read(bits);
        crc.update(bits.array(), 0, GraphFile.BITS_BYTES);
        BitSet present = BitSet.valueOf(bits.array());
        GraphFile.require(present.length() <= count, "a node behind the end of piece " + piece);
        int rows = present.cardinality();
        readPiece(rows * file.rowBytes(), crc, 0, piece);
        int at = 0;
        for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
            int ordinal = first + i;
            if (ordinal < linked) {
                graph.level0.reserve(ordinal);
                MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, Memory.ALL, ValueLayout.JAVA_BYTE,
                        graph.level0.address(ordinal), file.rowBytes());
                nodes.set(ordinal);
            }
            at += file.rowBytes();
        }
        return rows;
    }

    private void read(ByteBuffer target) throws IOException {
        int length = target.remaining();
        StoredRows.readFully(channel, target, position);
        position += length;
    }

    private void readPiece(int length, CRC32C crc, int level, int piece) throws IOException {
        read(buffer.clear().limit(length + GraphFile.CRC_BYTES));
        crc.update(buffer.array(), 0, length);
        GraphFile.require((int) crc.getValue() == buffer.getInt(length),
                "the checksum of piece %d of level %d does not match".formatted(piece, level));
    }

    /** Returns the entry. */
    private NativeGraph.@Nullable Entry readLayers() throws IOException {
        int first = nodes.nextSetBit(0);
        NativeGraph.Entry entry = first < 0 ? null : new NativeGraph.Entry(0, first);
        if (file.entryLevel() == 0 && file.entryNode() >= 0 && nodes.get(file.entryNode())) {
            entry = new NativeGraph.Entry(0, file.entryNode());
        }
        int[] numbersBelow = new int[0];
        for (int level = 1; level <= NativeGraph.LEVELS_MAX; level++) {
            int[] numbers = readLayer(level, numbersBelow);
            relink(graph.layers[level], numbers);
            if (graph.layers[level].size() > 0) {
                boolean named = level == file.entryLevel() && file.entryNode() >= 0
                        && file.entryNode() < numbers.length && numbers[file.entryNode()] >= 0;
                entry = new NativeGraph.Entry(level, named ? numbers[file.entryNode()] : 0);
            }
            numbersBelow = numbers;
        }
        return entry;
    }

    /** Adds what is to be kept, links as they are in the file; returns the new number of each, or -1. */
    private int[] readLayer(int level, int[] numbersBelow) throws IOException {
        GraphLayer layer = graph.layers[level];
        int size = file.layers().size(level);
        int[] numbers = new int[size];
        Arrays.fill(numbers, -1);
        BitSet taken = new BitSet();
        for (int from = 0; from < size; from += GraphFile.PIECE) {
            int end = (int) Math.min(size, (long) from + GraphFile.PIECE);
            int piece = from / GraphFile.PIECE;
            readPiece((end - from) * file.upperRowBytes(), file.crc(level, piece), level, piece);
            for (int node = from; node < end; node++) {
                int at = (node - from) * file.upperRowBytes();
                int ordinal = buffer.getInt(at);
                int below = below(level, ordinal, buffer.getInt(at + 4), numbersBelow);
                if (below >= 0 && !taken.get(ordinal)) {
                    taken.set(ordinal);
                    numbers[node] = layer.add(ordinal, below);
                    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + 8L, Memory.ALL,
                            ValueLayout.JAVA_BYTE,
                            layer.linksAddress(numbers[node]), 4L * file.maxNeighbors());
                }
            }
        }
        return numbers;
    }

    /** The new number one level down, or -1 if such a node is not to be kept. */
    private int below(int level, int ordinal, int named, int[] numbersBelow) {
        if (ordinal < 0 || !nodes.get(ordinal) || graph.levelOf(ordinal) < level) {
            return -1;
        }
        if (level == 1) {
            return named == ordinal ? ordinal : -1;
        }
        int below = named >= 0 && named < numbersBelow.length ? numbersBelow[named] : -1;
        return below >= 0 && graph.layers[level - 1].ordinal(below) == ordinal ? below : -1;
    }

    /** Links by old numbers become links by new ones. */
    private static void relink(GraphLayer layer, int[] numbers) {
        int[] kept = new int[layer.links()];
        for (int node = 0; node < layer.size(); node++) {
            long row = layer.linksAddress(node);
            int count = 0;
            for (int i = 0; i < layer.links(); i++) {
                int old = Memory.getInt(row + ((long) i << 2));
                if (old == NativeGraph.NONE) {
                    break;
                }
                int link = old >= 0 && old < numbers.length ? numbers[old] : -1;
                if (link >= 0 && link != node && GraphRepair.indexOf(kept, count, link) < 0) {
                    kept[count++] = link;
                }
            }
            for (int i = 0; i < layer.links(); i++) {
                Memory.putInt(row + ((long) i << 2), i < count ? kept[i] : NativeGraph.NONE);
            }
        }
    }
}
