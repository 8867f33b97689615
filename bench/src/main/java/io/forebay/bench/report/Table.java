package io.forebay.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of cells, aligned: columns that hold numbers to the right, the others to the left. */
public final class Table {
    private static final String GAP = "  ";

    private final List<String[]> lines = new ArrayList<>();
    private final int columns;
    private final boolean[] numeric;

    public Table(String... header) {
        columns = header.length;
        numeric = new boolean[columns];
        lines.add(header.clone());
    }

    public Table row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + columns + " columns");
        }
        String[] line = new String[columns];
        for (int i = 0; i < columns; i++) {
            line[i] = cell(cells[i]);
            numeric[i] |= cells[i] instanceof Number;
        }
        lines.add(line);
        return this;
    }

    private static String cell(Object value) {
        return value instanceof Double number ? number(number) : String.valueOf(value);
    }

    /** As many digits as such a measurement deserves. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    @Override
    public String toString() {
        int[] widths = new int[columns];
        for (String[] line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - line[i].length());
                row.append(i == 0 ? "" : GAP).append(numeric[i] ? padding + line[i] : line[i] + padding);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
