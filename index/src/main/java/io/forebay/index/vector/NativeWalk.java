package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/**
 * What {@code forebay_beam} of the native kernels needs of one thread, outside the heap: its parameters, the
 * beam, and the nodes visited as one bit each.
 *
 * <p>Threads: one owner.
 *
 * <p>Invariants: between walks every bit is 0; a walk clears what it set. The memory grows with the widest search
 * and by one bit for each vector of the largest collection that the thread has searched.
 *
 * <pre>
 *  0 query | 8 chunks | 16 origins | 24 visited | 32 touched | 40 beam (addresses)
 *  48 add | 52 scale (float) | 56 bias | 60 length | 64 links | 68 limit | 72 origin count | 76 width
 *  80 beam size | 84 tie mask | 88 touched count | 92 touched max (int)
 * </pre>
 */
final class NativeWalk {

    private static final int PARAMETER_BYTES = 96;
    private static final int TOUCHED_FIRST = 1 << 12;
    private static final int VISITED_FIRST_BYTES = 1 << 12;

    private final MemorySegment parameters = Memory.allocate(PARAMETER_BYTES, 64);
    private MemorySegment query = MemorySegment.NULL;
    private MemorySegment visited = MemorySegment.NULL;
    private MemorySegment touched = Memory.allocate(TOUCHED_FIRST * 4L, 64);
    private MemorySegment beam = MemorySegment.NULL;

    /** Expands the scratch's beam on level 0 until nothing near is left. */
    void run(IntRows links, CodeRows rows, int width, GraphScratch scratch) {
        IntRows.Chunks chunks = links.chunks();
        prepare(links.width(), chunks, rows, width, scratch);
        long at = parameters.address();
        try {
            while (NativeKernels.beam(at) != 0) {
                growTouched();
            }
        } finally {
            // The walk is native code: a collector may run beside it, and a graph that grows lets the table go.
            Reference.reachabilityFence(chunks);
            Reference.reachabilityFence(rows);
            clear(Memory.getInt(at + 88));
        }
        scratch.scored += Memory.getInt(at + 88);
        int size = Memory.getInt(at + 80);
        MemorySegment.copy(beam, ValueLayout.JAVA_LONG, 0, scratch.beam, 0, size);
        scratch.beamSize = size;
    }

    private void prepare(int links, IntRows.Chunks chunks, CodeRows rows, int width, GraphScratch scratch) {
        reserve(rows, width);
        CodeQuery code = scratch.query;
        MemorySegment.copy(code.codes, 0, query, ValueLayout.JAVA_BYTE, 0, code.codes.length);
        MemorySegment.copy(scratch.beam, 0, beam, ValueLayout.JAVA_LONG, 0, scratch.beamSize);
        long at = parameters.address();
        putLong(at, query.address());
        putLong(at + 8, rows.chunkTable().address());
        putLong(at + 16, chunks.table().address());
        putLong(at + 24, visited.address());
        putLong(at + 32, touched.address());
        putLong(at + 40, beam.address());
        Memory.putFloat(at + 48, code.add);
        Memory.putFloat(at + 52, code.scale);
        Memory.putInt(at + 56, code.bias);
        Memory.putInt(at + 60, rows.length());
        Memory.putInt(at + 64, links);
        Memory.putInt(at + 68, rows.count());
        Memory.putInt(at + 72, chunks.origins().length);
        Memory.putInt(at + 76, width);
        Memory.putInt(at + 80, scratch.beamSize);
        Memory.putInt(at + 84, scratch.tieMask);
        Memory.putInt(at + 92, (int) (touched.byteSize() / 4));
        int marked = 0;
        for (int i = 0; i < scratch.beamSize; i++) {
            int node = scratch.node(scratch.beam[i]);
            if (node < rows.count()) {
                long word = visited.address() + ((long) (node >>> 5) << 2);
                Memory.putInt(word, Memory.getInt(word) | 1 << node);
                Memory.putInt(touched.address() + ((long) marked++ << 2), node);
            }
        }
        Memory.putInt(at + 88, marked);
    }

    private void reserve(CodeRows rows, int width) {
        if (query.byteSize() < rows.length()) {
            query = Memory.allocate(rows.length(), 64);
        }
        if (beam.byteSize() < (width + 8L) * 8) {
            beam = Memory.allocate((width + 8L) * 8, 64);
        }
        long bytes = ((rows.count() >>> 5) + 1L) * 4;
        if (visited.byteSize() < bytes) {
            visited = Memory.allocate(Math.max(bytes, Math.max(VISITED_FIRST_BYTES, bytes * 5 / 4 & -4L)),
                    64);
        }
        if (touched.byteSize() < (width + 8L) * 4) {
            touched = Memory.allocate((width + 8L) * 8, 64);
        }
    }

    private void growTouched() {
        MemorySegment grown = Memory.allocate(2 * touched.byteSize(), 64);
        MemorySegment.copy(touched, 0, grown, 0, touched.byteSize());
        touched = grown;
        putLong(parameters.address() + 32, touched.address());
        Memory.putInt(parameters.address() + 92, (int) (touched.byteSize() / 4));
    }

    private void clear(int count) {
        long list = touched.address();
        long bits = visited.address();
        for (int i = 0; i < count; i++) {
            Memory.putInt(bits + ((long) (Memory.getInt(list + ((long) i << 2)) >>> 5) << 2), 0);
        }
    }

    private static void putLong(long address, long value) {
        Memory.ALL.set(ValueLayout.JAVA_LONG, address, value);
    }
}
