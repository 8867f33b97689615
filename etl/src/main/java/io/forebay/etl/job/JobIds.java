package io.forebay.etl.job;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * UUIDs of version 7 (RFC 9562, section 5.7): they are ordered by when they were made. Within a millisecond the 12 bits
 * behind the time count on (method 1 of section 6.2), so that the order is total in one process.
 */
public final class JobIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int COUNTER_MAX = 0xFFF;
    private static long lastMillis;
    private static int counter;

    private JobIds() {}

    public static synchronized UUID next() {
        long now = System.currentTimeMillis();
        if (now > lastMillis) {
            lastMillis = now;
            counter = RANDOM.nextInt(COUNTER_MAX >> 1);
        } else if (++counter > COUNTER_MAX) {
            lastMillis++;
            counter = 0;
        }
        long high = lastMillis << 16 | 0x7000L | counter;
        long low = RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16).putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits()).array();
    }

    static UUID of(byte[] bytes, int at) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, 16);
        return new UUID(in.getLong(), in.getLong());
    }
}
