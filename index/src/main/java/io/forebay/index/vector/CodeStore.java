package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the codes of a collection's vectors as they are applied, outside the heap.
 *
 * <p>Threads: one owner, the applier; what {@link #rows} returned may be read by any.
 *
 * <p>Invariants: a row below the count that was published is not written again. When a collection has grown
 * to four times the size at which its encoder was trained, all rows are encoded anew into fresh memory
 * ({@link #RETRAINED_MAX} ends that): whoever still holds the old rows keeps reading them.
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
    private final CodeQuery code = new CodeQuery();
    private final CodeEncoder.Scratch scratch = new CodeEncoder.Scratch();
    private final float[] vector;

    private CodeEncoder encoder;
    private int trainedAt;
    private long[] chunks = new long[0];
    private @Nullable MemorySegment[] owners = new MemorySegment[0];
    private int lastChunkRows;

    CodeStore(VectorConfig config, VectorArena arena) {
        this.config = config;
        this.arena = arena;
        this.encoder = CodeEncoder.trained(config.space(), config.dimension(), List.of());
        this.length = encoder.length();
        this.vector = new float[config.dimension()];
    }

    CodeRows rows(int count) {
        return new CodeRows(encoder, chunks, owners, count, length);
    }

    /** Encodes {@code [from, to)}; everything before has been encoded. */
    void append(int from, int to) {
        if (to >= FIRST_TRAINED && trainedAt < RETRAINED_MAX && to >= (long) GROWTH * trainedAt) {
            retrain(to);
        } else {
            encode(from, to);
        }
    }

    private void retrain(int to) {
        List<float[]> sample = new ArrayList<>();
        int step = Math.max(1, to / SAMPLE_MAX);
        ArenaRows rows = arena.rows();
        for (int ordinal = 0; ordinal < to; ordinal += step) {
            float[] one = new float[config.dimension()];
            rows.copy(ordinal, one);
            sample.add(one);
        }
        encoder = CodeEncoder.trained(config.space(), config.dimension(), sample);
        trainedAt = to;
        chunks = new long[0];
        owners = new MemorySegment[0];
        lastChunkRows = 0;
        encode(0, to);
    }

    private void encode(int from, int to) {
        reserve(to);
        ArenaRows rows = arena.rows();
        for (int ordinal = from; ordinal < to; ordinal++) {
            rows.copy(ordinal, vector);
            encoder.encode(vector, code, scratch);
            put(ordinal);
        }
    }

    private void put(int ordinal) {
        long chunk = chunks[ordinal >>> CodeRows.CHUNK_BITS];
        long address = chunk + (long) (ordinal & (CodeRows.CHUNK_ROWS - 1)) * length;
        for (int i = 0; i < length; i++) {
            code.codes[i] += CodeKernels.OFFSET;
        }
        MemorySegment.copy(code.codes, 0, Memory.ALL, ValueLayout.JAVA_BYTE, address, length);
        long scalars = CodeRows.scalars(chunk, ordinal);
        Memory.putFloat(scalars, code.add);
        Memory.putFloat(scalars + 4, code.scale);
    }

    /** Drops the chunks that hold nothing but what {@code dead} names, below {@code count}. */
    void dropDead(IntPredicate isDeadChunk) {
        long[] kept = chunks.clone();
        @Nullable
        MemorySegment[] keptOwners = owners.clone();
        for (int chunk = 0; chunk < kept.length - 1; chunk++) {
            if (kept[chunk] != 0 && isDeadChunk.test(chunk)) {
                kept[chunk] = 0;
                keptOwners[chunk] = null;
            }
        }
        chunks = kept;
        owners = keptOwners;
    }

    private void reserve(int count) {
        while (capacity() < count) {
            if (lastChunkRows == 0 || lastChunkRows == CodeRows.CHUNK_ROWS) {
                int index = chunks.length;
                chunks = Arrays.copyOf(chunks, index + 1);
                owners = Arrays.copyOf(owners, index + 1);
                // After a full chunk more will come: growing that by copies would cost more than it saves.
                resize(index, index == 0 ? FIRST_ROWS : CodeRows.CHUNK_ROWS);
            } else {
                chunks = chunks.clone();
                owners = owners.clone();
                resize(chunks.length - 1, 2 * lastChunkRows);
            }
        }
    }

    private int capacity() {
        return Math.max(0, chunks.length - 1) * CodeRows.CHUNK_ROWS + lastChunkRows;
    }

    private void resize(int index, int rows) {
        long scalarBytes = (long) rows * CodeRows.SCALAR_BYTES + 63 & -64;
        MemorySegment grown = Memory.allocate(scalarBytes + (long) rows * length, 64);
        MemorySegment old = owners[index];
        if (old != null) {
            long oldScalars = (long) lastChunkRows * CodeRows.SCALAR_BYTES + 63 & -64;
            MemorySegment.copy(old, 0, grown, scalarBytes - oldScalars, old.byteSize());
        }
        owners[index] = grown;
        chunks[index] = grown.address() + scalarBytes;
        lastChunkRows = rows;
    }
}
