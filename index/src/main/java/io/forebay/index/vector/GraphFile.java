package io.forebay.index.vector;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Where things lie in the file {@code graph} beside the blocks of the arena: a {@link NativeGraph} as it was
 * at one moment.
 *
 * <p>Threads: immutable.
 *
 * <p>Format: version 1, little-endian.
 * <pre>
 *  0       8         12          16      20              24               28       32
 *  +-------+---------+-----------+-------+---------------+----------------+--------+--------+
 *  | magic | version | dimension | space | max neighbors | efConstruction | stored | linked |              header,
 *  +-------+---------+-----------+-------+---------------+----------------+--------+--------+           128 bytes
 *  36      40            44           48                          96     104          112       124
 *  +-------+-------------+------------+---------------------------+------+------------+---------+--------+
 *  | nodes | entry level | entry node | nodes of level 1, 2 .. 12 | time | file bytes | zeros   | crc32c |
 *  +-------+-------------+------------+---------------------------+------+------------+---------+--------+
 *  level 0: for every 512 of the stored ordinals
 *       | bit per ordinal: is it a node? (64 bytes) | rows of the nodes: 2 * M links | crc32c |
 *  level 1, 2 .. 12: for every 512 of its nodes
 *       | rows: ordinal, number one level down, M links | crc32c |
 * </pre>
 * Links are as in memory: -1 ends a row, the top bit says protected; they may name ordinals that are not in
 * the file. <em>stored</em> is the linked prefix when the file was written; <em>linked</em> is how much of it
 * still holds: after a crash the ordinals from the committed count on are given out again, so before that the
 * header is written anew. <em>time</em> is milliseconds since 1970. The checksum of a piece begins with its
 * level, its number and the time, so a piece in the wrong place, or of another file, does not match. Space: 0
 * l2, 1 ip, 2 cosine. Constants are part of the format.
 */
record GraphFile(int dimension, int space, int maxNeighbors, int efConstruction, int stored, int linked,
        int nodes, int entryLevel, int entryNode, Layers layers, long time) {

    static final String NAME = "graph";
    static final String NAME_BEFORE = "graph.tmp";
    static final int VERSION = 1;
    static final int HEADER_BYTES = 128;
    static final int PIECE = 512;
    static final int BITS_BYTES = PIECE / 8;
    static final int CRC_BYTES = 4;

    private static final long MAGIC = 0x3148_5041_5247_5646L; // "FVGRAPH1"
    private static final int LAYERS_AT = 48;
    /** So that no sum of sizes overflows. */
    private static final int NEIGHBORS_MAX = 1 << 18;
    private static final int CRC_AT = HEADER_BYTES - CRC_BYTES;

    /** How many nodes each upper level has, from level 1. */
    static final class Layers {
        private final int[] sizes;

        Layers(int... sizes) {
            this.sizes = Arrays.copyOf(sizes, NativeGraph.LEVELS_MAX);
        }

        int size(int level) {
            return sizes[level - 1];
        }
    }

    static int spaceCode(Space space) {
        return switch (space) {
            case L2 -> 0;
            case IP -> 1;
            case COSINE -> 2;
        };
    }

    GraphFile withLinked(int fewer) {
        return new GraphFile(dimension, space, maxNeighbors, efConstruction, stored, fewer, nodes, entryLevel,
                entryNode, layers, time);
    }

    static int pieces(int count) {
        return (int) ((count + PIECE - 1L) / PIECE);
    }

    int rowBytes() {
        return 2 * maxNeighbors * Integer.BYTES;
    }

    int upperRowBytes() {
        return (GraphLayer.HEADER + maxNeighbors) * Integer.BYTES;
    }

    long fileBytes() {
        long bytes = HEADER_BYTES + (long) pieces(stored) * (BITS_BYTES + CRC_BYTES)
                + (long) nodes * rowBytes();
        for (int level = 1; level <= NativeGraph.LEVELS_MAX; level++) {
            int size = layers.size(level);
            bytes += (long) pieces(size) * CRC_BYTES + (long) size * upperRowBytes();
        }
        return bytes;
    }

    /** A checksum that has taken in where its piece belongs. */
    CRC32C crc(int level, int piece) {
        CRC32C crc = new CRC32C();
        crc.update(littleEndian(16).putInt(level).putInt(piece).putLong(time).flip());
        return crc;
    }

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    ByteBuffer header() {
        ByteBuffer header = littleEndian(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(dimension).putInt(space).putInt(maxNeighbors)
                .putInt(efConstruction).putInt(stored).putInt(linked).putInt(nodes).putInt(entryLevel)
                .putInt(entryNode);
        for (int level = 1; level <= NativeGraph.LEVELS_MAX; level++) {
            header.putInt(layers.size(level));
        }
        header.putLong(time).putLong(fileBytes());
        return header.putInt(CRC_AT, crcOf(header)).clear();
    }

    static int crcOf(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, CRC_AT);
        return (int) crc.getValue();
    }

    /**
     * Reads the header and holds its numbers against each other and against the length of the file.
     *
     * @throws DamagedException if anything does not fit
     */
    static GraphFile read(FileChannel file) throws IOException {
        ByteBuffer header = littleEndian(HEADER_BYTES);
        StoredRows.readFully(file, header, 0);
        require(header.getLong() == MAGIC, "it is not a graph");
        int version = header.getInt();
        require(version == VERSION, "its version " + version + " is not " + VERSION);
        require(header.getInt(CRC_AT) == crcOf(header), "the checksum of its header does not match");
        int dimension = header.getInt();
        int space = header.getInt();
        int maxNeighbors = header.getInt();
        int efConstruction = header.getInt();
        int stored = header.getInt();
        int linked = header.getInt();
        int nodes = header.getInt();
        int entryLevel = header.getInt();
        int entryNode = header.getInt();
        int[] sizes = new int[NativeGraph.LEVELS_MAX];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = header.getInt();
            require(sizes[i] >= 0, "level " + (i + 1) + " has " + sizes[i] + " nodes");
        }
        long time = header.getLong(LAYERS_AT + 4 * NativeGraph.LEVELS_MAX);
        long bytes = header.getLong(LAYERS_AT + 4 * NativeGraph.LEVELS_MAX + 8);
        require(maxNeighbors > 0 && maxNeighbors <= NEIGHBORS_MAX, "it has rows of " + maxNeighbors);
        require(linked >= 0 && linked <= stored && nodes >= 0 && nodes <= stored,
                "%d of %d ordinals linked, %d nodes".formatted(linked, stored, nodes));
        GraphFile found = new GraphFile(dimension, space, maxNeighbors, efConstruction, stored, linked, nodes,
                entryLevel, entryNode, new Layers(sizes), time);
        require(bytes == found.fileBytes() && bytes == file.size(),
                "it has %d bytes instead of %d".formatted(file.size(), found.fileBytes()));
        return found;
    }

    /** Whether a segment with this configuration can use the graph. */
    void requireMadeFor(VectorConfig config) throws DamagedException {
        require(dimension == config.dimension() && space == spaceCode(config.space())
                && maxNeighbors == config.maxNeighbors() && efConstruction == config.efConstruction(),
                "it was made for dimension %d, space %d, %d neighbors, efConstruction %d"
                        .formatted(dimension, space, maxNeighbors, efConstruction));
    }

    static void require(boolean holds, String otherwise) throws DamagedException {
        if (!holds) {
            throw new DamagedException(otherwise);
        }
    }

    /** A graph file that cannot be used. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String what) {
            super(what);
        }
    }
}
