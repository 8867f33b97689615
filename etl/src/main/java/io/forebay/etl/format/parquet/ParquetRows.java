package io.forebay.etl.format.parquet;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file, one after the other. What is held is one page and one dictionary of each column, not a row group.
 *
 * <p>One thread at a time; {@link #bytesRead} may be asked by any.
 *
 * <p>Failure: {@link ParquetException} when the file cannot be read from here on.
 */
public final class ParquetRows implements AutoCloseable {
    private final ParquetFile file;
    private final @Nullable String embeddingField;
    private final long total;
    private int nextGroup;
    private long left;
    private long row;
    private @Nullable RowReader reader;
    private volatile long bytesRead;

    /** @param embeddingField that is given as {@code float[]} where it is a list of numbers */
    public ParquetRows(Path path, @Nullable String embeddingField, ParquetLimits limits) throws IOException {
        this.embeddingField = embeddingField;
        file = new ParquetFile(path, limits);
        long rows = 0;
        for (Thrift.Struct group : file.groups()) {
            long count = group.number(3, 0);
            if (count < 0 || rows + count < 0) {
                file.close();
                throw new ParquetException("a row group has " + count + " rows");
            }
            rows += count;
        }
        total = rows;
    }

    public long total() {
        return total;
    }

    public long bytesRead() {
        return bytesRead;
    }

    /** Passes rows over; whole row groups without reading them. */
    public void skip(long count) throws IOException {
        long wanted = Math.min(count, total - row);
        while (wanted > 0) {
            if (left == 0) {
                long rows = file.groups().get(nextGroup).number(3, 0);
                if (rows <= wanted) {
                    nextGroup++;
                    row += rows;
                    wanted -= rows;
                    continue;
                }
            }
            next();
            wanted--;
        }
    }

    /** A row as it was found: its fields, or what is wrong with it. */
    public record Row(Map<String, @Nullable Object> fields, int bytes, @Nullable String trouble,
            boolean tooLong) {}

    /** Null at the end. */
    public @Nullable Row next() throws IOException {
        try {
            while (left == 0) {
                if (nextGroup == file.groups().size()) {
                    bytesRead = file.size();
                    return null;
                }
                open(file.groups().get(nextGroup++));
            }
            left--;
            row++;
            RowReader at = reader;
            if (at == null) {
                throw new IllegalStateException("no row group");
            }
            Row read = at.next();
            bytesRead = Math.max(bytesRead, at.at());
            if (left == 0) {
                at.finish();
            }
            return read;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new ParquetException("a page ends in the middle of a value");
        }
    }

    private void open(Thrift.Struct group) throws IOException {
        file.letGoAll();
        List<Thrift.Struct> chunks = group.structs(1);
        left = group.number(3, 0);
        if (left == 0) {
            return;
        }
        ParquetException.require(chunks.size() == file.root().leaves(), "a row group has " + chunks.size()
                + " columns, the schema " + file.root().leaves());
        List<Column> columns = new ArrayList<>();
        List<Node> leaves = new ArrayList<>();
        collect(file.root(), leaves);
        for (int i = 0; i < leaves.size(); i++) {
            Node node = leaves.get(i);
            Leaf leaf = node.leaf();
            Thrift.Struct meta = chunks.get(i).struct(3);
            ParquetException.require(meta != null && !chunks.get(i).has(1), "column '" + node.name()
                    + "' is in another file, or encrypted");
            if (leaf != null && meta != null) {
                columns.add(new Column(node, leaf, new ColumnPages(file, node, leaf, meta)));
            }
        }
        reader = new RowReader(file.root(), columns, embeddingField, file.limits().documentBytesMax());
    }

    private static void collect(Node node, List<Node> leaves) {
        if (node.leaf() != null) {
            leaves.add(node);
        }
        node.children().forEach(child -> collect(child, leaves));
    }

    static Map<String, @Nullable Object> map() {
        return new LinkedHashMap<>();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
