package io.forebay.server.http;

import io.forebay.etl.ImportMetrics;
import io.forebay.etl.Imports;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Counts what the import service does. How many jobs there are, and what the spool folder holds, is asked of it at a
 * scrape ({@link #append}).
 *
 * <p>Threads: safe for any number; reporting takes no lock.
 */
final class ImportMeters implements ImportMetrics {
    private final MeterRegistry registry;
    private final Counter documents;
    private final Counter bytes;
    private final Counter embedded;
    private final Counter remembered;
    private final Timer embedding;
    private final DistributionSummary memory;

    ImportMeters(MeterRegistry registry) {
        this.registry = registry;
        documents = Counter.builder("forebay.import.documents")
                .description("Documents of imports that were loaded").register(registry);
        bytes = Counter.builder("forebay.import").baseUnit("bytes")
                .description("Bytes of files that were loaded").register(registry);
        embedded = texts("provider");
        remembered = texts("cache");
        embedding = Timer.builder("forebay.import.embed")
                .description("Calls of embedding providers").register(registry);
        memory = DistributionSummary.builder("forebay.import.memory.peak").baseUnit("bytes")
                .description("Highest memory of the process while an import ran, by import")
                .register(registry);
    }

    private Counter texts(String source) {
        return Counter.builder("forebay.import.embeddings")
                .description("Embeddings of imports, made by a provider or remembered").tags("source", source)
                .register(registry);
    }

    @Override
    public void ended(Job job, String fileType) {
        if (job.startedMillis() > 0) { // one that was cancelled while it waited never started
            Timer.builder("forebay.import.duration")
                    .description("Imports that ended, from their start, by the size of the file")
                    .tags("size", sizeClass(job.progress().bytesTotal()), "state", lower(job.state()),
                            "file_type",
                            fileType)
                    .register(registry)
                    .record(Math.max(0, job.endedMillis() - job.startedMillis()), TimeUnit.MILLISECONDS);
        }
        job.memory().stream().mapToLong(Job.MemoryMark::rssPeak).filter(peak -> peak > 0).max()
                .ifPresent(memory::record);
    }

    private static String sizeClass(long size) {
        if (size < 0) {
            return "unknown";
        }
        if (size < 1 << 20) {
            return "under 1 MiB";
        }
        if (size < 100 << 20) {
            return "under 100 MiB";
        }
        return size < 1 << 30 ? "under 1 GiB" : "1 GiB and more";
    }

    @Override
    public void loaded(long count, long size) {
        documents.increment(count);
        bytes.increment(size);
    }

    @Override
    public void documentsFailed(String fileType, long count) {
        Counter.builder("forebay.import.failed.documents")
                .description("Documents that imports could not take")
                .tags("file_type", fileType).register(registry).increment(count);
    }

    @Override
    public void embedded(long texts, long fromCache, long nanos) {
        embedded.increment(texts);
        remembered.increment(fromCache);
        if (texts > 0) {
            embedding.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static String lower(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** What is a state and not an event. */
    static void append(StringBuilder out, Imports.Stats now) {
        String jobs = "forebay_import_jobs";
        EngineMetricsText.header(out, jobs, "jobs that are kept, by state", "gauge");
        for (JobState state : JobState.values()) {
            out.append(jobs).append("{state=\"").append(lower(state)).append("\"} ")
                    .append(now.jobs().getOrDefault(state, 0L)).append('\n');
        }
        EngineMetricsText.single(out, "forebay_import_queue_depth", "jobs that wait for their turn", "gauge",
                now.queued());
        EngineMetricsText.single(out, "forebay_import_working", "jobs that are worked on", "gauge",
                now.working());
        EngineMetricsText.single(out, "forebay_import_spool_files",
                "files of jobs, and of uploads on their way",
                "gauge", now.spoolFiles());
        EngineMetricsText.single(out, "forebay_import_spool_bytes", "bytes of these files", "gauge",
                now.spoolBytes());
    }
}
