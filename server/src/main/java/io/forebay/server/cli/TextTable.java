package io.forebay.server.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: numbers to the right, and as wide as the terminal. What does not fit is cut, the widest column that
 * may be cut first.
 */
final class TextTable {
    private static final int WIDTH_MIN = 6;
    private static final String BETWEEN = "  ";

    /** @param right numbers; cut whether it may be made narrower than its content */
    record Column(String name, boolean right, boolean cut) {
        static Column text(String name) {
            return new Column(name, false, true);
        }

        /** Whole, because it is to be copied. */
        static Column whole(String name) {
            return new Column(name, false, false);
        }

        static Column number(String name) {
            return new Column(name, true, false);
        }
    }

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(List<Column> columns) {
        this.columns = columns;
    }

    void row(List<String> cells) {
        rows.add(cells.stream().map(TextTable::oneLine).toList());
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return line.toString();
    }

    String format(int width) {
        int[] widths = widths(width);
        StringBuilder out = new StringBuilder();
        append(columns.stream().map(Column::name).toList(), widths, out);
        rows.forEach(row -> append(row, widths, out));
        return out.toString();
    }

    private int[] widths(int width) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).name().length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        for (int over = total(widths) - width; over > 0; over--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (columns.get(i).cut() && widths[i] > WIDTH_MIN
                        && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                break; // nothing may be cut any more: then it is too wide
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int total(int[] widths) {
        int total = BETWEEN.length() * (widths.length - 1);
        for (int width : widths) {
            total += width;
        }
        return total;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private void append(List<String> cells, int[] widths, StringBuilder out) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = fit(cells.get(i), widths[i]);
            String space = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : BETWEEN);
            line.append(columns.get(i).right() ? space + cell : cell + space);
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static String fit(String text, int width) {
        return length(text) <= width
                ? text
                : text.substring(0, text.offsetByCodePoints(0, width - 3)) + "...";
    }
}
