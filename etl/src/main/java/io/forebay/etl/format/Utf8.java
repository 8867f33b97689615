package io.forebay.etl.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8: what Java's decoder would replace is refused. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Where the first byte is that does not belong there; -1 if all is well. */
    static int firstBad(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (i + 8 <= to && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
                i += 8;
                continue;
            }
            int size = size(bytes, i, to);
            if (size == 0) {
                return i;
            }
            i += size;
        }
        return -1;
    }

    /** Of the character that begins here; 0 if none does. */
    private static int size(byte[] bytes, int at, int to) {
        int first = bytes[at];
        if (first >= 0) {
            return 1;
        }
        int size = first < (byte) 0xc2 ? 0 : first < (byte) 0xe0 ? 2 : first < (byte) 0xf0 ? 3 : 4;
        if (size == 0 || first > (byte) 0xf4 || at + size > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        boolean well = switch (first & 0xff) {
            case 0xe0 -> second >= 0xa0 && second < 0xc0; // not longer than need be
            case 0xed -> second >= 0x80 && second < 0xa0; // no surrogates
            case 0xf0 -> second >= 0x90 && second < 0xc0;
            case 0xf4 -> second >= 0x80 && second < 0x90; // not above U+10FFFF
            default -> second >= 0x80 && second < 0xc0;
        };
        for (int i = 2; well && i < size; i++) {
            well = (bytes[at + i] & 0xc0) == 0x80;
        }
        return well ? size : 0;
    }

    /** How many characters (code points) there are. */
    static int characters(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (bytes[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
