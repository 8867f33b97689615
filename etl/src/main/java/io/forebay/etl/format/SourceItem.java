package io.forebay.etl.format;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link DocumentSource} meets: a document, or a place where there should have been one. */
public sealed interface SourceItem {
    /** Number among all items of the file, from 0, the same at every reading. */
    long ordinal();

    /** Line or row as a person finds it, from 1; in a sheet or an array of that sheet or array. */
    long line();

    /**
     * @param sheet  null where the format has none
     * @param fields by name, in the file's order. Values are String, Long, Double, Boolean, {@code List<Object>},
     *               {@code Map<String, Object>} (values of these kinds in them), or null; the embedding field, if one was
     *               asked for, is a {@code float[]} when it holds numbers only
     * @param bytes  about how much the document takes in the file, uncompressed
     */
    record Document(long ordinal, long line, @Nullable String sheet, Map<String, @Nullable Object> fields,
            int bytes) implements SourceItem {}

    /** Could not be read; the documents behind it can. */
    record Bad(long ordinal, long line, @Nullable String sheet, String reason) implements SourceItem {}
}
