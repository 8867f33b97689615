package io.forebay.index.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Memory outside the heap, named by absolute addresses: one constant segment over everything, so that the
 * compiler folds its checks away.
 *
 * <p>Who computes with an address keeps the segment that it came from reachable ({@link
 * java.lang.ref.Reference#reachabilityFence}); nothing else keeps the memory there.
 */
final class Memory {

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ORDER);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ORDER);

    private Memory() {}

    /** Zeroed; given back when the segment is no longer reachable. */
    static MemorySegment allocate(long bytes, long alignment) {
        return Arena.ofAuto().allocate(bytes, alignment);
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
