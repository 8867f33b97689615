package io.forebay.etl.pipeline;

/** Told what jobs do, for counting. Must be quick and must not throw. */
public interface JobListener {
    void loaded(long documents, long bytes);

    void documentsFailed(String fileType, long count);

    void embedded(long texts, long fromCache, long nanos);
}
