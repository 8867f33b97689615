package io.forebay.etl.format.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of columns together to rows. Levels say how: an entry whose definition level is below a field's has nothing
 * there, and every column below that field has just one entry for it; a repetition level says which list goes on.
 *
 * <p>A row over the limit is gone through without being kept. Lists count for their entries, so that a list of a million nulls
 * is over it too.
 */
final class RowReader {
    private static final int ENTRY_BYTES = 8;

    private final Node root;
    private final List<Column> columns;
    private final @Nullable String embeddingField;
    private final int bytesMax;
    private float[] floats = new float[384];
    private long bytes;
    private @Nullable String trouble;

    RowReader(Node root, List<Column> columns, @Nullable String embeddingField, int bytesMax) {
        this.root = root;
        this.columns = columns;
        this.embeddingField = embeddingField;
        this.bytesMax = bytesMax;
    }

    ParquetRows.Row next() throws IOException {
        bytes = 0;
        trouble = null;
        Map<String, @Nullable Object> fields = ParquetRows.map();
        for (Node child : root.children()) {
            Column first = columns.get(child.firstLeaf());
            ParquetException.require(first.repetition() == 0, first.repetition() < 0
                    ? "column '" + child.name() + "' has fewer values than rows"
                    : "column '" + child.name() + "' begins a row in the middle of a list");
            Object value = child.name().equals(embeddingField) ? vector(child) : field(child);
            if (!isOver()) {
                fields.put(child.name(), value);
            }
        }
        return isOver()
                ? new ParquetRows.Row(ParquetRows.map(), 0, null, true)
                : new ParquetRows.Row(fields, (int) bytes, trouble, false);
    }

    /** Behind the last row nothing may be left. */
    void finish() {
        for (Column column : columns) {
            ParquetException.require(column.repetition() < 0, "a column has more values than rows");
        }
    }

    /** How far in the file the columns are, roughly: the one that is furthest. */
    long at() {
        long at = 0;
        for (Column column : columns) {
            at = Math.max(at, column.at());
        }
        return at;
    }

    private boolean isOver() {
        return bytes > bytesMax;
    }

    private @Nullable Object field(Node node) throws IOException {
        if (node.repetition() == Node.REPEATED) {
            return list(node, node.leaf() == null ? null : node);
        }
        if (node.repetition() == Node.OPTIONAL
                && columns.get(node.firstLeaf()).definition() < node.definitionLevel()) {
            pass(node);
            return null;
        }
        return content(node);
    }

    /** All columns below have one entry that says that there is nothing. */
    private void pass(Node node) throws IOException {
        for (int i = node.firstLeaf(); i < node.firstLeaf() + node.leaves(); i++) {
            ParquetException.require(columns.get(i).repetition() >= 0 && !columns.get(i).isDefined(),
                    "columns of '" + node.name() + "' do not agree about what is there");
            columns.get(i).advance();
        }
    }

    private @Nullable Object content(Node node) throws IOException {
        if (node.leaf() != null) {
            return value(columns.get(node.firstLeaf()), node);
        }
        if (node.kind() == Node.GroupKind.LIST) {
            Node repeated = node.children().get(0);
            return list(repeated, element(repeated));
        }
        if (node.kind() == Node.GroupKind.MAP) {
            return entries(node.children().get(0));
        }
        Map<String, @Nullable Object> map = ParquetRows.map();
        for (Node child : node.children()) {
            Object value = field(child);
            if (!isOver()) {
                map.put(child.name(), value);
            }
        }
        return map;
    }

    /** What is an element of a list: the only field of its repeated group, but in old files the group itself; null for that. */
    private static @Nullable Node element(Node repeated) {
        if (repeated.leaf() != null) {
            return repeated;
        }
        boolean old = repeated.name().equals("array") || repeated.name().endsWith("_tuple");
        return repeated.children().size() == 1 && !old ? repeated.children().get(0) : null;
    }

    private List<@Nullable Object> list(Node repeated, @Nullable Node element) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        Column first = columns.get(repeated.firstLeaf());
        if (first.definition() < repeated.definitionLevel()) {
            pass(repeated);
            return list;
        }
        do {
            Object value = element == null || element == repeated ? content(repeated) : field(element);
            bytes += ENTRY_BYTES;
            if (!isOver()) {
                list.add(value);
            }
        } while (first.repetition() == repeated.repetitionLevel());
        return list;
    }

    private Map<String, @Nullable Object> entries(Node repeated) throws IOException {
        Map<String, @Nullable Object> map = ParquetRows.map();
        Column first = columns.get(repeated.firstLeaf());
        if (first.definition() < repeated.definitionLevel()) {
            pass(repeated);
            return map;
        }
        do {
            Object key = field(repeated.children().get(0));
            Object value = field(repeated.children().get(1));
            bytes += ENTRY_BYTES;
            if (!isOver()) {
                map.put(String.valueOf(key), value);
            }
        } while (first.repetition() == repeated.repetitionLevel());
        return map;
    }

    private @Nullable Object value(Column column, Node node) throws IOException {
        ParquetException.require(column.isDefined() && column.repetition() >= 0,
                "column '" + node.name() + "' has fewer values than rows");
        Object raw = column.take();
        column.advance();
        bytes += raw instanceof ByteBuffer text ? text.remaining() : ENTRY_BYTES;
        if (isOver()) {
            return null;
        }
        try {
            return column.leaf().told(raw);
        } catch (Leaf.BadValueException e) {
            trouble = trouble == null ? "column '" + node.name() + "': " + e.getMessage() : trouble;
            return null;
        }
    }

    /** A list of floats without a box for each; everything else as elsewhere. */
    private @Nullable Object vector(Node node) throws IOException {
        Node repeated = node.kind() == Node.GroupKind.LIST ? node.children().get(0) : node;
        Column column = columns.get(node.firstLeaf());
        if (node.leaves() != 1 || repeated.repetition() != Node.REPEATED || repeated.repetitionLevel() != 1
                || !column.leaf().type().isFloating()) {
            return field(node);
        }
        if (column.definition() < repeated.definitionLevel()) {
            return field(node);
        }
        int count = 0;
        do {
            if (!column.isDefined()) {
                return boxed(count, node, column);
            }
            float value = column.takeFloat();
            column.advance();
            bytes += Float.BYTES;
            if (!isOver()) {
                floats = count == floats.length ? Arrays.copyOf(floats, 2 * count) : floats;
                floats[count++] = value;
            }
        } while (column.repetition() == 1);
        return Arrays.copyOf(floats, count);
    }

    private List<@Nullable Object> boxed(int count, Node node, Column column) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add((double) floats[i]);
        }
        do {
            Object value = null;
            if (column.isDefined()) {
                value = value(column, node);
            } else {
                column.advance();
            }
            bytes += ENTRY_BYTES;
            if (!isOver()) {
                list.add(value);
            }
        } while (column.repetition() == 1);
        return list;
    }
}
