package io.forebay.etl;

import io.forebay.etl.pipeline.JobListener;

/** Tells the metrics what the pipelines do. */
record MetricsListener(ImportMetrics metrics) implements JobListener {
    @Override
    public void loaded(long documents, long bytes) {
        metrics.loaded(documents, bytes);
    }

    @Override
    public void documentsFailed(String fileType, long count) {
        metrics.documentsFailed(fileType, count);
    }

    @Override
    public void embedded(long texts, long fromCache, long nanos) {
        metrics.embedded(texts, fromCache, nanos);
    }
}
