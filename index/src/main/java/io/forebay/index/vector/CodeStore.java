package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codes of a collection's vectors as they are applied, outside the heap.
 *
 * <p>Threads: the applier appends, the checkpointer drops; the lock of this object keeps them apart. Whoever appends more
 * than a chunk has the common pool help. What {@link #rows} returned may be read by any.
 *
 * <p>Invariants: a row below the count that was published is not written again. When a collection has grown
 * to four times the size at which its encoder was trained, all rows are encoded anew into fresh memory
 * ({@link #RETRAINED_MAX} ends that): whoever still holds the old rows keeps reading them. In place of a chunk whose
 * vectors are deleted stands one in which everything is infinitely far: a graph may still name its ordinals.
 *
 * <p>Failure: an append that throws (memory) leaves what was published as it was.
 */
final class CodeStore {

    private static final int FIRST_ROWS = 16;
    private static final int FIRST_TRAINED = 64;
    private static final int GROWTH = 4;
    /** A centre of so many vectors does not get better. */
    private static final int RETRAINED_MAX = 1 << 16;
    private static final int SAMPLE_MAX = 1024;

    private final VectorConfig config;
    private final VectorArena arena;
    private final int length;

    /** Of one thread that encodes. */
    private static final class Buffers {
        private final CodeQuery code = new CodeQuery();
        private final CodeEncoder.Scratch scratch = new CodeEncoder.Scratch();
        private final float[] vector;

        Buffers(int dimension) {
            vector = new float[dimension];
        }
    }

    private CodeEncoder encoder;
    private int trainedAt;
    private long[] chunks = new long[0];
    private @Nullable MemorySegment[] owners = new MemorySegment[0];
    private int lastChunkRows;
    /** The chunks' addresses outside the heap; made for the next publish. */
    private @Nullable MemorySegment table;
    /** Of what was appended, published or not. */
    private int end;
    private @Nullable MemorySegment far;

    CodeStore(VectorConfig config, VectorArena arena) {
        this.config = config;
        this.arena = arena;
        this.encoder = CodeEncoder.trained(config.space(), config.dimension(), List.of());
        this.length = encoder.length();
    }

    synchronized CodeRows rows(int count) {
        MemorySegment made = table;
        if (made == null) {
            made = Memory.tableOf(chunks);
            table = made;
        }
        return new CodeRows(encoder, chunks, made, owners, count, length);
    }

    /** Encodes {@code [from, to)}; everything before has been encoded. */
    synchronized void append(int from, int to) {
        end = to;
        if (to >= FIRST_TRAINED && trainedAt < RETRAINED_MAX && to >= (long) GROWTH * trainedAt) {
            retrain(to);
        } else {
            encode(from, to);
        }
    }

    private void retrain(int to) {
        List<float[]> sample = sample(to);
        CodeEncoder oldEncoder = encoder;
        long[] oldChunks = chunks;
        @Nullable
        MemorySegment[] oldOwners = owners;
        int oldLastChunkRows = lastChunkRows;
        boolean done = false;
        try {
            encoder = CodeEncoder.trained(config.space(), config.dimension(), sample);
            chunks = new long[0];
            owners = new MemorySegment[0];
            table = null;
            lastChunkRows = 0;
            encode(0, to);
            trainedAt = to;
            done = true;
        } finally {
            if (!done) {
                // Half of the rows in new memory would be half of them nowhere.
                encoder = oldEncoder;
                chunks = oldChunks;
                owners = oldOwners;
                table = null;
                lastChunkRows = oldLastChunkRows;
            }
        }
    }

    /** Evenly from the blocks that are there: the others would be zeros, of which the mean is none. */
    private List<float[]> sample(int to) {
        ArenaRows rows = arena.rows();
        int present = 0;
        for (int block = 0; block < ArenaLayout.blocksFor(to); block++) {
            int first = ArenaLayout.firstOf(block);
            present += rows.has(first) ? ArenaLayout.endOf(block, to) - first : 0;
        }
        int step = Math.max(1, present / SAMPLE_MAX);
        List<float[]> sample = new ArrayList<>();
        int passed = 0;
        for (int block = 0; block < ArenaLayout.blocksFor(to); block++) {
            int first = ArenaLayout.firstOf(block);
            int rowsHere = rows.has(first) ? ArenaLayout.endOf(block, to) - first : 0;
            for (int i = (step - passed % step) % step; i < rowsHere; i += step) {
                float[] one = new float[config.dimension()];
                rows.copy(first + i, one);
                sample.add(one);
            }
            passed += rowsHere;
        }
        return sample;
    }

    private void encode(int from, int to) {
        if (from >= to) {
            return;
        }
        ArenaRows rows = arena.rows();
        int first = from >>> CodeRows.CHUNK_BITS;
        int last = to - 1 >>> CodeRows.CHUNK_BITS;
        for (int chunk = first; chunk <= last; chunk++) {
            if (rows.has(Math.max(from, chunk << CodeRows.CHUNK_BITS))) {
                reserve(chunk, Math.min(to, (chunk + 1) << CodeRows.CHUNK_BITS));
            } else {
                putFar(chunk);
            }
        }
        if (first == last) {
            encodeChunk(first, from, to, rows, new Buffers(config.dimension()));
        } else {
            // At open and when an encoder is replaced: then it is all that everybody waits for.
            IntStream.rangeClosed(first, last).parallel().forEach(chunk -> encodeChunk(chunk, from, to, rows,
                    new Buffers(config.dimension())));
        }
        Reference.reachabilityFence(this);
    }

    /** What of a chunk is in [from, to). */
    private void encodeChunk(int chunk, int from, int to, ArenaRows rows, Buffers buffers) {
        int start = Math.max(from, chunk << CodeRows.CHUNK_BITS);
        int end = Math.min(to, (chunk + 1) << CodeRows.CHUNK_BITS);
        if (Objects.equals(owners[chunk], far)) {
            return;
        }
        for (int ordinal = start; ordinal < end; ordinal++) {
            rows.copy(ordinal, buffers.vector);
            encoder.encode(buffers.vector, buffers.code, buffers.scratch);
            put(ordinal, buffers.code);
        }
    }

    private void put(int ordinal, CodeQuery code) {
        long chunk = chunks[ordinal >>> CodeRows.CHUNK_BITS];
        long address = chunk + (long) (ordinal & (CodeRows.CHUNK_ROWS - 1)) * length;
        byte[] codes = code.codes;
        for (int i = 0; i < codes.length; i++) {
            codes[i] += CodeKernels.OFFSET;
        }
        MemorySegment.copy(codes, 0, Memory.ALL, ValueLayout.JAVA_BYTE, address, length);
        long scalars = CodeRows.scalars(chunk, ordinal);
        Memory.putFloat(scalars, code.add);
        Memory.putFloat(scalars + 4, code.scale);
    }

    /** Gives back the chunks in which all is dead; the last only if nothing was appended since, and it is large. */
    synchronized void drop(DeadRows dead) {
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            boolean last = chunk == chunks.length - 1;
            boolean unused = dead.coversWholeBlock(chunk)
                    || last && lastChunkRows == CodeRows.CHUNK_ROWS && dead.count() == end
                            && dead.coversBlock(chunk);
            if (unused && !Objects.equals(owners[chunk], far)) {
                putFar(chunk);
            }
        }
    }

    private void putFar(int chunk) {
        if (far == null) {
            MemorySegment made = Memory
                    .allocate((long) CodeRows.CHUNK_ROWS * (CodeRows.SCALAR_BYTES + length), 64);
            made.fill((byte) CodeKernels.OFFSET);
            long base = made.address() + (long) CodeRows.CHUNK_ROWS * CodeRows.SCALAR_BYTES;
            fillFar(base, CodeRows.CHUNK_ROWS);
            far = made;
        }
        own(chunk);
        owners[chunk] = far;
        chunks[chunk] = far.address() + (long) CodeRows.CHUNK_ROWS * CodeRows.SCALAR_BYTES;
        if (chunk == chunks.length - 1) {
            lastChunkRows = CodeRows.CHUNK_ROWS;
        }
    }

    private static void fillFar(long base, int rows) {
        for (int row = 0; row < rows; row++) {
            Memory.putFloat(CodeRows.scalars(base, row), Float.POSITIVE_INFINITY);
            Memory.putFloat(CodeRows.scalars(base, row) + 4, 0);
        }
    }

    /** The arrays may be in published rows: they are copied before they are changed. */
    private void own(int chunk) {
        table = null;
        chunks = Arrays.copyOf(chunks, Math.max(chunks.length, chunk + 1));
        owners = Arrays.copyOf(owners, chunks.length);
    }

    /** Room in the last chunk for the ordinals below {@code end}. */
    private void reserve(int chunk, int end) {
        int rows = end - (chunk << CodeRows.CHUNK_BITS);
        boolean isThere = chunk < chunks.length && owners[chunk] != null
                && !Objects.equals(owners[chunk], far);
        if (isThere && (chunk < chunks.length - 1 || rows <= lastChunkRows)) {
            return;
        }
        // After a full chunk more will come: growing that by copies would cost more than it saves.
        int grown = chunk > 0 ? CodeRows.CHUNK_ROWS : FIRST_ROWS;
        while (grown < rows) {
            grown *= 2;
        }
        resize(chunk, grown, isThere);
    }

    private void resize(int index, int rows, boolean keep) {
        long scalarBytes = (long) rows * CodeRows.SCALAR_BYTES + 63 & -64;
        MemorySegment grown = Memory.allocate(scalarBytes + (long) rows * length, 64);
        // Only now: an allocation that failed leaves everything as it was.
        own(index);
        MemorySegment old = owners[index];
        if (keep && old != null) {
            long oldScalars = (long) lastChunkRows * CodeRows.SCALAR_BYTES + 63 & -64;
            MemorySegment.copy(old, 0, grown, scalarBytes - oldScalars, old.byteSize());
        } else {
            // Rows of deleted vectors, which the first new one comes after.
            fillFar(grown.address() + scalarBytes, rows);
        }
        owners[index] = grown;
        chunks[index] = grown.address() + scalarBytes;
        lastChunkRows = rows;
    }
}
