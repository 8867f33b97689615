package io.forebay.client.dataset;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Records with their embeddings as lines of JSON, gzipped when the name ends in {@code .gz}. Empty lines do not count. */
public final class JsonlSource implements RecordSource {
    private final LineReader lines;
    private final RecordLine line;
    private final RecordFields fields;
    private long position;

    private JsonlSource(LineReader lines, RecordFields fields) {
        this.lines = lines;
        this.fields = fields;
        this.line = new RecordLine(fields);
    }

    public static JsonlSource open(Path file, RecordFields fields) throws IOException {
        return new JsonlSource(LineReader.open(file), fields);
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        long at = position++;
        try {
            line.parse(lines.buffer(), lines.start(), lines.length());
            if (line.id == null) {
                throw new IllegalArgumentException("has no '" + fields.id() + "'");
            }
            return new SourceRecord(at, line.id, line.embedding, line.document, line.metadata, line.uri);
        } catch (IllegalArgumentException e) {
            throw new BadRecordException(at, line.id, lines.file() + " line " + lines.lineNumber() + ": "
                    + e.getMessage());
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void skip(long records) throws IOException {
        for (long left = records; left > 0 && lines.next(); left--) {
            position++;
        }
    }

    @Override
    public long records() {
        return -1;
    }

    @Override
    public int dimension() {
        return 0;
    }

    @Override
    public double share() throws IOException {
        return lines.share();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
