package io.forebay.etl.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Documents that are JSON objects, wherever they stand: in lines or in an array. */
final class JsonSource implements DocumentSource {
    private final Pieces pieces;
    private final JsonFields fields;
    private long ordinal;

    JsonSource(Pieces pieces, @Nullable String embeddingField, String charset) {
        this.pieces = pieces;
        fields = new JsonFields(embeddingField, charset);
    }

    /** Passes items over, without reading what is in them, until so many are behind; how many are. */
    long skip(long count) throws IOException {
        while (ordinal < count && pieces.next()) {
            ordinal++;
        }
        return ordinal;
    }

    @Override
    public @Nullable SourceItem next() throws IOException {
        if (!pieces.next()) {
            return null;
        }
        long number = ordinal++;
        String trouble = pieces.trouble();
        if (trouble != null) {
            return new SourceItem.Bad(number, pieces.line(), null, trouble);
        }
        try {
            return new SourceItem.Document(number, pieces.line(), null,
                    fields.read(pieces.buffer(), pieces.start(), pieces.length()), pieces.length());
        } catch (BadDocumentException e) {
            return new SourceItem.Bad(number, pieces.line(), null, pieces.place() + ": " + e.getMessage());
        }
    }

    @Override
    public long bytesRead() {
        return pieces.fileBytes();
    }

    @Override
    public long total() {
        return -1;
    }

    @Override
    public void close() throws IOException {
        pieces.close();
    }
}
