package io.forebay.etl.format.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a column holds, and how that is told: whole numbers as Long, others and decimals as Double, dates and times as ISO text,
 * text as String, bytes that are no text as null.
 *
 * @param bytes length of a FIXED value
 * @param unit  of times
 * @param utc   whether a timestamp is a moment, not what a clock on some wall shows
 */
record Leaf(Type type, int bytes, Meaning meaning, ChronoUnit unit, boolean utc, int scale) {
    private static final long JULIAN_EPOCH_DAY = 2_440_588;
    private static final long NANOS_PER_DAY = 86_400_000_000_000L;
    private static final int SCALE_MAX = 400;
    private static final int DECIMAL_BYTES_MAX = 64;
    private static final int FIXED_BYTES_MAX = 1 << 20;

    /** In the order of their numbers in the file. */
    enum Type {
        BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BINARY, FIXED;

        boolean isFloating() {
            return this == FLOAT || this == DOUBLE;
        }
    }

    enum Meaning {
        NONE, TEXT, DECIMAL, DATE, TIME, TIMESTAMP, UNSIGNED, UUID, FLOAT16, OPAQUE
    }

    /** A value that its column's type does not allow. */
    static final class BadValueException extends Exception {
        private static final long serialVersionUID = 1L;

        BadValueException(String message) {
            super(message, null, false, false);
        }
    }

    static Leaf of(Thrift.Struct element) {
        int type = element.integer(1, -1);
        ParquetException.require(type >= 0 && type < Type.values().length, "the schema has type " + type);
        int bytes = element.integer(2, 0);
        boolean fixed = Type.values()[type] == Type.FIXED;
        ParquetException.require(!fixed || (bytes > 0 && bytes <= FIXED_BYTES_MAX),
                "the schema has values of " + bytes + " bytes");
        Thrift.Struct logical = element.struct(10);
        Leaf leaf = logical == null || logical.which() == 0
                ? converted(type, bytes, element)
                : logical(type, bytes, logical);
        ParquetException.require(Math.abs(leaf.scale) <= SCALE_MAX, "the schema has the scale " + leaf.scale);
        return leaf;
    }

    private static Leaf plain(int type, int bytes, Meaning meaning) {
        return new Leaf(Type.values()[type], bytes, meaning, ChronoUnit.MILLIS, false, 0);
    }

    private static Leaf logical(int type, int bytes, Thrift.Struct union) {
        int which = union.which();
        Thrift.Struct inner = union.struct(which);
        return switch (which) {
            case 1, 4, 12 -> plain(type, bytes, Meaning.TEXT);
            case 5 -> new Leaf(Type.values()[type], bytes, Meaning.DECIMAL, ChronoUnit.MILLIS, false,
                    inner == null ? 0 : inner.integer(1, 0));
            case 6 -> plain(type, bytes, Meaning.DATE);
            case 7, 8 -> time(type, bytes, which == 7 ? Meaning.TIME : Meaning.TIMESTAMP, inner);
            case 10 ->
                plain(type, bytes, inner != null && !inner.flag(2, true) ? Meaning.UNSIGNED : Meaning.NONE);
            case 13 -> plain(type, bytes, Meaning.OPAQUE);
            case 14 -> plain(type, bytes, bytes == 16 ? Meaning.UUID : Meaning.NONE);
            case 15 -> plain(type, bytes, bytes == 2 ? Meaning.FLOAT16 : Meaning.NONE);
            default -> plain(type, bytes, Meaning.NONE);
        };
    }

    private static Leaf time(int type, int bytes, Meaning meaning, Thrift.@Nullable Struct inner) {
        Thrift.Struct unit = inner == null ? null : inner.struct(2);
        ChronoUnit[] units = {ChronoUnit.MILLIS, ChronoUnit.MILLIS, ChronoUnit.MICROS, ChronoUnit.NANOS};
        int which = unit == null ? 1 : Math.clamp(unit.which(), 0, 3);
        return new Leaf(Type.values()[type], bytes, meaning, units[which],
                inner != null && inner.flag(1, false), 0);
    }

    private static Leaf converted(int type, int bytes, Thrift.Struct element) {
        Type t = Type.values()[type];
        return switch (element.integer(6, -1)) {
            case 0, 4, 19 -> plain(type, bytes, Meaning.TEXT);
            case 5 -> new Leaf(t, bytes, Meaning.DECIMAL, ChronoUnit.MILLIS, false, element.integer(7, 0));
            case 6 -> plain(type, bytes, Meaning.DATE);
            case 7 -> plain(type, bytes, Meaning.TIME);
            case 8 -> new Leaf(t, bytes, Meaning.TIME, ChronoUnit.MICROS, false, 0);
            case 9 -> new Leaf(t, bytes, Meaning.TIMESTAMP, ChronoUnit.MILLIS, true, 0);
            case 10 -> new Leaf(t, bytes, Meaning.TIMESTAMP, ChronoUnit.MICROS, true, 0);
            case 11, 12, 13, 14 -> plain(type, bytes, Meaning.UNSIGNED);
            case 20, 21 -> plain(type, bytes, Meaning.OPAQUE);
            default -> plain(type, bytes, Meaning.NONE);
        };
    }

    /** @param raw Boolean, Integer, Long, Float, Double or a buffer with the bytes of BINARY, FIXED and INT96 */
    @Nullable
    Object told(Object raw) throws BadValueException {
        try {
            return switch (type) {
                case BOOLEAN -> raw;
                case INT32, INT64 -> integer((Number) raw);
                case FLOAT, DOUBLE -> ((Number) raw).doubleValue();
                case INT96 -> int96((ByteBuffer) raw);
                case BINARY, FIXED -> binary((ByteBuffer) raw);
            };
        } catch (java.time.DateTimeException | ArithmeticException e) {
            throw new BadValueException("a value is no date or time: " + e.getMessage());
        }
    }

    private Object integer(Number raw) {
        long value = raw.longValue();
        return switch (meaning) {
            case DATE -> LocalDate.ofEpochDay(value).toString();
            case TIME ->
                LocalTime.ofNanoOfDay(Math.multiplyExact(value, unit.getDuration().toNanos())).toString();
            case TIMESTAMP -> timestamp(value);
            case DECIMAL -> BigDecimal.valueOf(value, scale).doubleValue();
            case UNSIGNED -> type == Type.INT32
                    ? Integer.toUnsignedLong((int) value)
                    : value < 0 ? (Object) (value + 0x1p64) : (Object) value;
            default -> value;
        };
    }

    private String timestamp(long value) {
        if (utc) {
            return Instant.EPOCH.plus(value, unit).toString();
        }
        return LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC).plus(value, unit).toString();
    }

    private static String int96(ByteBuffer bytes) {
        ByteBuffer little = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        long nanos = little.getLong(0);
        long day = little.getInt(8) - JULIAN_EPOCH_DAY;
        if (nanos < 0 || nanos >= NANOS_PER_DAY) {
            throw new ArithmeticException("a day does not have " + nanos + " nanoseconds");
        }
        return LocalDateTime.of(LocalDate.ofEpochDay(day), LocalTime.ofNanoOfDay(nanos)).toString();
    }

    private @Nullable Object binary(ByteBuffer bytes) throws BadValueException {
        return switch (meaning) {
            case DECIMAL -> decimal(bytes);
            case UUID ->
                new UUID(bytes.getLong(bytes.position()), bytes.getLong(bytes.position() + 8)).toString();
            case FLOAT16 -> (double) Float.float16ToFloat(
                    bytes.slice().order(ByteOrder.LITTLE_ENDIAN).getShort(0));
            case OPAQUE -> null;
            default -> text(bytes);
        };
    }

    private @Nullable Object decimal(ByteBuffer bytes) throws BadValueException {
        if (bytes.remaining() > DECIMAL_BYTES_MAX) {
            throw new BadValueException("a decimal of " + bytes.remaining() + " bytes");
        }
        byte[] unscaled = new byte[bytes.remaining()];
        bytes.slice().get(unscaled);
        return unscaled.length == 0 ? null : new BigDecimal(new BigInteger(unscaled), scale).doubleValue();
    }

    private @Nullable String text(ByteBuffer bytes) throws BadValueException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT).decode(bytes.slice()).toString();
            return meaning != Meaning.TEXT && text.indexOf('\0') >= 0 ? null : text;
        } catch (CharacterCodingException e) {
            if (meaning == Meaning.TEXT) {
                throw new BadValueException("a text is not valid UTF-8");
            }
            return null;
        }
    }
}
