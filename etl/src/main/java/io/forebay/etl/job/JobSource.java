package io.forebay.etl.job;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a job's documents come from. */
public sealed interface JobSource {
    /**
     * A file in the spool folder.
     *
     * @param fileName as the client called it: its extension says the format
     * @param file     name in the spool folder
     * @param sideFile name in the spool folder of the records of a file of vectors; null for none
     * @param sideName as the client called that
     * @param charset  of text formats; null for UTF-8 (or what a byte order mark says)
     */
    record Spooled(String fileName, String file, @Nullable String sideName, @Nullable String sideFile,
            @Nullable String charset) implements JobSource {}

    /** {@code http://}, {@code https://} or {@code s3://}. */
    record Remote(String url, @Nullable String charset) implements JobSource {}

    /** Items of a paged interface, by the name of its settings, with what is put into its address. */
    record Paged(String api, Map<String, String> parameters) implements JobSource {
        public Paged {
            parameters = Map.copyOf(parameters);
        }
    }

    /** An object that a client is yet to put into the configured bucket under a presigned address. */
    record Awaited(String key, String fileName, long expiresMillis) implements JobSource {}

    /** What undoes a commit. */
    record Undo(String commit, boolean force) implements JobSource {}
}
