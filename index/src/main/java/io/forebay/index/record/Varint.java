package io.forebay.index.record;

/** LEB128, unsigned, at most 5 bytes: as RocksDB and the metadata codec write it. */
final class Varint {
    private Varint() {}

    static int length(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Returns the place behind it. */
    static int write(byte[] target, int at, int value) {
        int place = at;
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            target[place++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        target[place++] = (byte) rest;
        return place;
    }

    /** Add {@link #length} for the place behind it, which is exact because writers never pad. */
    static int read(byte[] source, int at) {
        byte first = source[at];
        return first >= 0 ? first : readLong(source, at);
    }

    private static int readLong(byte[] source, int at) {
        int value = 0;
        for (int i = 0; i < 5; i++) {
            byte b = source[at + i];
            value |= (b & 0x7f) << 7 * i;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("malformed varint at offset " + at);
    }
}
