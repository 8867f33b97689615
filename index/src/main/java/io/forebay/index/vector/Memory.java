package io.forebay.index.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All of memory as one segment, so that a row is one number, its absolute address, wherever its block is
 * mapped. A constant: the compiler folds the segment's own checks, which cannot fail.
 *
 * <p>So nothing checks an address. Who computes with one has taken it from an owner ({@link
 * ArenaRows#address}, {@link CodeRows#address}, {@link IntRows#address}), for a row that the owner holds, and
 * keeps the owner reachable until the last access ({@link java.lang.ref.Reference#reachabilityFence}), because
 * the memory goes with it.
 */
final class Memory {

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

    static {
        SystemMalloc.giveBackLargeBlocks();
    }

    private Memory() {}

    /** Zeroed; given back when the segment is no longer reachable. */
    static MemorySegment allocate(long bytes, long alignment) {
        return Arena.ofAuto().allocate(bytes, alignment);
    }

    /** A copy outside the heap. */
    static MemorySegment tableOf(long[] values) {
        MemorySegment table = allocate(8L * Math.max(1, values.length), 64);
        MemorySegment.copy(values, 0, table, ValueLayout.JAVA_LONG, 0, values.length);
        return table;
    }

    static int getInt(long address) {
        return ALL.get(INT, address);
    }

    static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    static float getFloat(long address) {
        return ALL.get(FLOAT, address);
    }

    static void putFloat(long address, float value) {
        ALL.set(FLOAT, address, value);
    }
}
