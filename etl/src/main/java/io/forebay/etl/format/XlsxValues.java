package io.forebay.etl.format;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** What the text of a cell's value means. */
final class XlsxValues {
    private static final double SERIAL_MAX = 2_958_466; // behind 9999-12-31
    private static final double WHOLE_MAX = 1L << 53;
    private static final int LEAP_DAY_1900 = 60;
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final Workbook workbook;

    XlsxValues(Workbook workbook) {
        this.workbook = workbook;
    }

    /**
     * @param type  attribute {@code t} of the cell
     * @param style attribute {@code s} of the cell
     */
    @Nullable
    Object value(String type, @Nullable String style, String text) throws BadDocumentException {
        return switch (type) {
            case "s" -> emptyToNull(workbook.texts().get(text));
            case "b" -> text.strip().equals("1") || text.strip().equalsIgnoreCase("true");
            case "e" -> null;
            case "n" -> number(style, text.strip());
            default -> emptyToNull(text);
        };
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private @Nullable Object number(@Nullable String style, String text) throws BadDocumentException {
        if (text.isEmpty()) {
            return null;
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new BadDocumentException("a cell should hold a number, and holds '"
                    + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'");
        }
        if (workbook.styles().isDate(style) && value >= 0 && value < SERIAL_MAX) {
            return date(value);
        }
        if (value == Math.rint(value) && Math.abs(value) <= WHOLE_MAX) {
            return (long) value;
        }
        return value;
    }

    /** Days since the end of 1899, which Excel believes to be followed by a leap year. */
    private String date(double serial) {
        long days = (long) serial;
        long millis = Math.round((serial - days) * DAY_MILLIS);
        if (days == 0 && !workbook.from1904()) {
            return LocalTime.MIDNIGHT.plus(millis, ChronoUnit.MILLIS).toString();
        }
        LocalDate start = workbook.from1904()
                ? LocalDate.of(1904, 1, 1)
                : days < LEAP_DAY_1900 ? LocalDate.of(1899, 12, 31) : LocalDate.of(1899, 12, 30);
        LocalDateTime at = start.plusDays(days).atStartOfDay().plus(millis, ChronoUnit.MILLIS);
        return millis == 0 ? at.toLocalDate().toString() : at.toString();
    }
}
