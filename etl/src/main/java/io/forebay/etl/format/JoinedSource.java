package io.forebay.etl.format;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Vectors and the documents of a side file: the first belongs to the first. Lines are those of the side file; bytes that were
 * read those of the vectors.
 *
 * <p>Failure: when one file ends before the other, both counts are told, behind the last document that is whole.
 */
final class JoinedSource implements DocumentSource {
    static final String FIELD = "embedding";

    private final Vectors vectors;
    private final JsonSource documents;
    private final String field;
    private long count;

    JoinedSource(Vectors vectors, JsonSource documents, @Nullable String field) {
        this.vectors = vectors;
        this.documents = documents;
        this.field = field == null ? FIELD : field;
    }

    void skip(long wanted) throws IOException {
        long rows = vectors.skip(wanted);
        long lines = documents.skip(wanted);
        if (rows != lines) {
            throw differing(rows, lines);
        }
        count = rows;
    }

    @Override
    public @Nullable SourceItem next() throws IOException {
        float[] vector = vectors.next();
        SourceItem item = documents.next();
        if (vector == null || item == null) {
            if (vector == null && item == null) {
                return null;
            }
            throw differing(count + (vector == null ? 0 : 1), count + (item == null ? 0 : 1));
        }
        count++;
        if (!(item instanceof SourceItem.Document document)) {
            return item;
        }
        try {
            Floats.check(vector, field);
        } catch (BadDocumentException e) {
            return new SourceItem.Bad(document.ordinal(), document.line(), null,
                    "vector " + count + ": " + e.getMessage());
        }
        Map<String, @Nullable Object> fields = document.fields();
        fields.put(field, vector);
        return new SourceItem.Document(document.ordinal(), document.line(), null, fields,
                document.bytes() + Float.BYTES * vector.length);
    }

    private UnreadableFileException differing(long rowsSoFar, long linesSoFar) throws IOException {
        long rows = rowsSoFar + vectors.skip(Long.MAX_VALUE);
        long lines = Math.max(linesSoFar, documents.skip(Long.MAX_VALUE));
        return new UnreadableFileException("The file has " + rows + " vectors and its side file " + lines
                + " documents: there must be one document for each vector");
    }

    @Override
    public long bytesRead() {
        return vectors.fileBytes();
    }

    @Override
    public long total() {
        return vectors.total();
    }

    @Override
    public void close() throws IOException {
        try {
            vectors.close();
        } finally {
            documents.close();
        }
    }
}
