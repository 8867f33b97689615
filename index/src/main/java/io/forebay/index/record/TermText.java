package io.forebay.index.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** A posting's term in words, for people: {@code page = 3}, {@code the trigram "for"}. */
final class TermText {
    private TermText() {}

    static String of(byte[] term) {
        int fieldLength = Varint.read(term, Keys.PREFIX_BYTES);
        int fieldAt = Keys.PREFIX_BYTES + Varint.length(fieldLength);
        int typeAt = fieldAt + fieldLength;
        byte type = term[typeAt];
        byte[] value = Arrays.copyOfRange(term, typeAt + 1, term.length);
        if (fieldLength == 0) {
            return type == Terms.GRAM ? "the trigram \"" + utf8(value) + "\"" : "a very long document";
        }
        String field = "metadata " + utf8(Arrays.copyOfRange(term, fieldAt, typeAt));
        boolean isElement = type >= Terms.IN_ARRAY;
        String relation = isElement ? " containing " : " = ";
        return field + switch (isElement ? type - Terms.IN_ARRAY : type) {
            case Terms.NUMBER -> relation + number(value);
            case Terms.NUMBER_2, Terms.NUMBER_3 -> " in a range of numbers";
            case Terms.STRING -> relation + "\"" + utf8(Arrays.copyOfRange(value, 1, value.length)) + "\"";
            case Terms.LONG_STRING -> relation + "\"" + utf8(Arrays.copyOf(value, 24)) + "...\"";
            case Terms.BOOL -> relation + (value[0] != 0);
            case Terms.SPARSE -> ", index " + Integer.toUnsignedString((int) Keys.INT_BE.get(value, 0))
                    + " of a sparse vector";
            default -> ", type " + type + " " + HexFormat.of().formatHex(value);
        };
    }

    private static String number(byte[] value) {
        long turned = (long) Keys.LONG_BE.get(value, 0);
        long bits = turned < 0 ? turned ^ Long.MIN_VALUE : ~turned;
        int rest = (value[8] & 0xFF) << 8 | value[9] & 0xFF;
        double below = Double.longBitsToDouble(bits);
        if (rest != 0 || below == Math.rint(below) && Math.abs(below) < 1e15) {
            return Long.toString((long) below + rest);
        }
        return Double.toString(below);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", ".");
    }
}
