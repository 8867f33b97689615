package io.forebay.etl;

import io.forebay.etl.job.Job;

/** Told what happens, for counting. Must be quick and must not throw. */
public interface ImportMetrics {
    ImportMetrics NONE = new ImportMetrics() {
    };

    /** @param fileType lower-case name of the format, or {@code undo} */
    default void ended(Job job, String fileType) {}

    /** @param documents of a job were loaded, of so many bytes of its file */
    default void loaded(long documents, long bytes) {}

    default void documentsFailed(String fileType, long count) {}

    /** Texts that a provider was asked for, and those that were remembered. */
    default void embedded(long texts, long fromCache, long nanos) {}
}
