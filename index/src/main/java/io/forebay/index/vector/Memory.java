package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All of memory as one segment, so that a row is one number, its absolute address, wherever its block is
 * mapped. A constant: the compiler folds the segment's own checks, which cannot fail.
 *
 * <p>So nothing checks an address. Who computes with one has taken it from an owner ({@link
 * ArenaRows#address}), for an ordinal that the owner holds, and keeps the owner reachable until the last
 * access ({@link java.lang.ref.Reference#reachabilityFence}), because the mapping goes with it.
 */
final class Memory {

    static final MemorySegment ALL = everything();
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Memory() {}

    private static MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }
}
