package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where.Comparison;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A question about one encoded metadata value, beginning at its tag. Immutable; any thread. */
interface ValueTest {
    boolean test(byte[] bytes, int tagAt);

    static ValueTest equalTo(MetadataValue operand) {
        return switch (operand) {
            case MetadataValue.Str s -> new EqualString(s.value().getBytes(StandardCharsets.UTF_8));
            case MetadataValue.Bool b -> {
                byte wanted = b.value() ? MetadataCodec.TAG_TRUE : MetadataCodec.TAG_FALSE;
                yield (bytes, tagAt) -> bytes[tagAt] == wanted;
            }
            default -> new Ordered(Comparison.EQ, operand);
        };
    }

    record EqualString(byte[] wanted) implements ValueTest {
        @Override
        public boolean test(byte[] bytes, int tagAt) {
            return bytes[tagAt] == MetadataCodec.TAG_STRING && isAt(bytes, tagAt + 1);
        }

        boolean isAt(byte[] bytes, int lengthAt) {
            int length = Varint.read(bytes, lengthAt);
            int from = lengthAt + Varint.length(length);
            return length == wanted.length && Arrays.equals(bytes, from, from + length, wanted, 0, length);
        }
    }

    /** A number in an order, or equal, to another. */
    final class Ordered implements ValueTest {
        private final Comparison comparison;
        private final boolean isInt;
        private final long intOperand;
        private final double floatOperand;

        Ordered(Comparison comparison, MetadataValue operand) {
            this.comparison = comparison;
            isInt = operand instanceof MetadataValue.Int;
            intOperand = operand instanceof MetadataValue.Int i ? i.value() : 0;
            floatOperand = operand instanceof MetadataValue.Float f ? f.value() : 0;
        }

        @Override
        public boolean test(byte[] bytes, int tagAt) {
            byte tag = bytes[tagAt];
            return (tag == MetadataCodec.TAG_INT || tag == MetadataCodec.TAG_FLOAT)
                    && isAt(tag == MetadataCodec.TAG_INT, bytes, tagAt + 1);
        }

        boolean isAt(boolean isStoredInt, byte[] bytes, int at) {
            long bits = (long) Keys.LONG_LE.get(bytes, at);
            int order = isStoredInt
                    ? isInt ? Long.compare(bits, intOperand) : Numbers.compare(bits, floatOperand)
                    : isInt
                            ? Numbers.compare(Double.longBitsToDouble(bits), intOperand)
                            : Numbers.compare(Double.longBitsToDouble(bits), floatOperand);
            return switch (comparison) {
                case EQ, NE -> order == 0;
                case LT -> order == -1;
                case LTE -> order <= 0;
                case GT -> order == 1;
                case GTE -> order == 0 || order == 1;
            };
        }
    }

    /** Membership of a scalar in an array of its kind; numbers compare across int and float arrays. */
    final class ArrayHas implements ValueTest {
        private final MetadataValue operand;
        private final EqualString string;
        private final Ordered number;

        ArrayHas(MetadataValue operand) {
            this.operand = operand;
            string = new EqualString(operand instanceof MetadataValue.Str s
                    ? s.value().getBytes(StandardCharsets.UTF_8)
                    : new byte[0]);
            number = new Ordered(Comparison.EQ, operand);
        }

        @Override
        public boolean test(byte[] bytes, int tagAt) {
            byte tag = bytes[tagAt];
            if (tag < MetadataCodec.TAG_STRING_ARRAY || tag > MetadataCodec.TAG_BOOL_ARRAY) {
                return false;
            }
            int count = Varint.read(bytes, tagAt + 1);
            int first = tagAt + 1 + Varint.length(count);
            return switch (operand) {
                case MetadataValue.Str s ->
                    tag == MetadataCodec.TAG_STRING_ARRAY && hasString(bytes, first, count);
                case MetadataValue.Bool b -> tag == MetadataCodec.TAG_BOOL_ARRAY
                        && hasBool(bytes, first, count, b.value());
                default -> (tag == MetadataCodec.TAG_INT_ARRAY || tag == MetadataCodec.TAG_FLOAT_ARRAY)
                        && hasNumber(tag == MetadataCodec.TAG_INT_ARRAY, bytes, first, count);
            };
        }

        private boolean hasString(byte[] bytes, int first, int count) {
            int at = first;
            for (int i = 0; i < count; i++) {
                if (string.isAt(bytes, at)) {
                    return true;
                }
                int length = Varint.read(bytes, at);
                at += Varint.length(length) + length;
            }
            return false;
        }

        private boolean hasNumber(boolean isIntArray, byte[] bytes, int first, int count) {
            for (int i = 0; i < count; i++) {
                if (number.isAt(isIntArray, bytes, first + 8 * i)) {
                    return true;
                }
            }
            return false;
        }

        private static boolean hasBool(byte[] bytes, int first, int count, boolean wanted) {
            for (int i = 0; i < count; i++) {
                if ((bytes[first + i] != 0) == wanted) {
                    return true;
                }
            }
            return false;
        }
    }
}
