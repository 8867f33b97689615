package io.forebay.index.record;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a scalar is among a list, which may be long: sorted arrays by type. A float that is a whole number
 * is kept and asked for as an int, so that 2 and 2.0 are the same, exactly.
 */
final class ValueSet implements ValueTest {
    private final byte[][] strings;
    private final long[] ints;
    private final double[] fractions;
    private final boolean hasTrue;
    private final boolean hasFalse;

    private ValueSet(List<MetadataValue> operands) {
        strings = operands.stream().filter(MetadataValue.Str.class::isInstance)
                .map(s -> ((MetadataValue.Str) s).value().getBytes(StandardCharsets.UTF_8))
                .sorted(Arrays::compare).toArray(byte[][]::new);
        ints = operands.stream().filter(ValueSet::isWhole).mapToLong(ValueSet::whole).sorted().toArray();
        fractions = operands.stream()
                .filter(value -> value instanceof MetadataValue.Float f && !isWhole(f)
                        && !Double.isNaN(f.value()))
                .mapToDouble(f -> ((MetadataValue.Float) f).value()).sorted().toArray();
        hasTrue = operands.contains(MetadataValue.TRUE);
        hasFalse = operands.contains(MetadataValue.FALSE);
    }

    static ValueTest of(List<MetadataValue> operands) {
        operands.forEach(WhereCompiler::scalar);
        return operands.size() == 1 ? ValueTest.equalTo(operands.getFirst()) : new ValueSet(operands);
    }

    @Override
    public boolean test(byte[] bytes, int tagAt) {
        return switch (bytes[tagAt]) {
            case MetadataCodec.TAG_STRING -> hasString(bytes, tagAt + 1);
            case MetadataCodec.TAG_INT -> Arrays.binarySearch(ints, bits(bytes, tagAt)) >= 0;
            case MetadataCodec.TAG_FLOAT -> hasFloat(Double.longBitsToDouble(bits(bytes, tagAt)));
            case MetadataCodec.TAG_TRUE -> hasTrue;
            case MetadataCodec.TAG_FALSE -> hasFalse;
            default -> false;
        };
    }

    private boolean hasFloat(double value) {
        return Numbers.isLong(value)
                ? Arrays.binarySearch(ints, (long) value) >= 0
                : !Double.isNaN(value) && Arrays.binarySearch(fractions, value) >= 0;
    }

    private boolean hasString(byte[] bytes, int lengthAt) {
        int length = Varint.read(bytes, lengthAt);
        int from = lengthAt + Varint.length(length);
        int low = 0;
        int high = strings.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            byte[] there = strings[middle];
            int order = Arrays.compare(there, 0, there.length, bytes, from, from + length);
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }

    private static long bits(byte[] bytes, int tagAt) {
        return (long) Keys.LONG_LE.get(bytes, tagAt + 1);
    }

    private static boolean isWhole(MetadataValue value) {
        return value instanceof MetadataValue.Int
                || value instanceof MetadataValue.Float f && Numbers.isLong(f.value());
    }

    private static long whole(MetadataValue value) {
        return value instanceof MetadataValue.Int i
                ? i.value()
                : (long) ((MetadataValue.Float) value).value();
    }
}
