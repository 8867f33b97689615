package io.forebay.index.record;

/**
 * A 64-bit hash of an id, seeded, so that nobody can choose ids that collide. In memory only, never stored.
 */
final class IdHash {
    private static final long A = 0x9E3779B97F4A7C15L;
    private static final long B = 0xC2B2AE3D27D4EB4FL;

    private final long seed;

    IdHash(long seed) {
        this.seed = seed | 1;
    }

    long of(byte[] bytes, int from, int length) {
        long hash = seed ^ length * A;
        int at = from;
        int left = length;
        while (left >= 8) {
            hash = mix(hash ^ (long) Keys.LONG_LE.get(bytes, at), B);
            at += 8;
            left -= 8;
        }
        long tail = 0;
        for (int i = 0; i < left; i++) {
            tail |= (bytes[at + i] & 0xFFL) << 8 * i;
        }
        return mix(mix(hash ^ tail, A), B ^ seed);
    }

    private static long mix(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }
}
