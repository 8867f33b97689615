package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of a NumPy array or an {@code .fvecs} file as records, with a side file of JSON lines for ids, documents and
 * metadata: row i belongs to line i. Without one the ids are the numbers of the rows, behind a prefix.
 */
public final class VectorSource implements RecordSource {
    private final VectorRows rows;
    private final @Nullable LineReader side;
    private final RecordLine line;
    private final RecordFields fields;
    private final String idPrefix;
    private final float[] row;
    private long position;

    private VectorSource(VectorRows rows, @Nullable LineReader side, RecordFields fields, String idPrefix) {
        this.rows = rows;
        this.side = side;
        this.fields = fields;
        this.line = new RecordLine(fields);
        this.idPrefix = idPrefix;
        this.row = new float[rows.columns()];
    }

    /** @param sideFile null for none; idPrefix is then what ids begin with */
    public static VectorSource openNpy(Path file, @Nullable Path sideFile, RecordFields fields,
            String idPrefix)
            throws IOException {
        NpyReader rows = NpyReader.open(file);
        if (rows.type() == NpyType.INT32) {
            rows.close();
            throw new DatasetException(file + " holds integers, embeddings are floats");
        }
        return open(rows, sideFile, fields, idPrefix);
    }

    public static VectorSource openFvecs(Path file, @Nullable Path sideFile, RecordFields fields,
            String idPrefix) throws IOException {
        return open(FvecsReader.open(file), sideFile, fields, idPrefix);
    }

    private static VectorSource open(VectorRows rows, @Nullable Path sideFile, RecordFields fields,
            String idPrefix) throws IOException {
        try {
            return new VectorSource(rows, sideFile == null ? null : LineReader.open(sideFile), fields,
                    idPrefix);
        } catch (IOException e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        if (!rows.nextUnchecked(row)) {
            checkEnd();
            return null;
        }
        long at = position++;
        String id = idPrefix + at;
        if (side != null) {
            nextLine(side, at);
            id = line.id == null ? "" : line.id;
        }
        for (int i = 0; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                throw new BadRecordException(at, id, rows.file() + " row " + at + ": component " + i + " is "
                        + row[i] + ", which an embedding cannot hold");
            }
        }
        return side == null
                ? new SourceRecord(at, id, row.clone(), null, null, null)
                : new SourceRecord(at, id, row.clone(), line.document, line.metadata, line.uri);
    }

    private void nextLine(LineReader lines, long at) throws IOException {
        if (!lines.next()) {
            throw new DatasetException(lines.file() + " ends after " + at + " lines, " + rows.file() + " has "
                    + rows.rows() + " rows");
        }
        try {
            line.parse(lines.buffer(), lines.start(), lines.length());
            if (line.id == null) {
                throw new IllegalArgumentException("has no '" + fields.id() + "'");
            }
        } catch (IllegalArgumentException e) {
            throw new BadRecordException(at, line.id,
                    lines.file() + " line " + lines.lineNumber() + ": " + e.getMessage());
        }
    }

    private void checkEnd() throws IOException {
        if (side != null && side.next()) {
            throw new DatasetException(side.file() + " has more lines than " + rows.file() + " has rows ("
                    + rows.rows() + ")");
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void skip(long records) throws IOException {
        long skipped = Math.min(records, rows.rows() - position);
        rows.skip(skipped);
        for (long i = 0; i < skipped && side != null; i++) {
            if (!side.next()) {
                throw new DatasetException(side.file() + " ends after " + (position + i) + " lines, "
                        + rows.file() + " has " + rows.rows() + " rows");
            }
        }
        position += skipped;
    }

    @Override
    public long records() {
        return rows.rows();
    }

    @Override
    public int dimension() {
        return rows.columns();
    }

    @Override
    public double share() {
        return rows.rows() == 0 ? 1 : (double) position / rows.rows();
    }

    @Override
    public void close() throws IOException {
        if (side != null) {
            side.close();
        }
        rows.close();
    }
}
