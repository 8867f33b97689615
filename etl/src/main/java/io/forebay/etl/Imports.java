package io.forebay.etl;

import io.forebay.engine.Forebay;
import io.forebay.etl.commit.History;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.etl.source.SourceOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The import service of one store.
 *
 * <p>Threads: any may call; every method may block on disk for a moment, so not a Netty I/O thread.
 */
public final class Imports implements AutoCloseable {
    /** One page of {@link #jobs}, and how many there are in all. */
    public record JobPage(List<Job> jobs, long total) {}

    /** Goes on telling until it is closed. */
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /** An address to which a client may put an object until {@code expiresMillis}; the job begins when it is there. */
    public record UploadUrl(String url, String key, long expiresMillis, Job job) {}

    private Imports() {}

    /**
     * Opens or creates what is in the directory and goes on with the jobs that were interrupted.
     *
     * @param directory of the import service, usually {@code imports} in the store's
     * @param engine    closed after this
     */
    public static Imports open(Path directory, Forebay engine, ImportOptions options, SourceOptions sources,
            ImportMetrics metrics) {
        throw new UnsupportedOperationException();
    }

    /** A new spool file, to be filled by whoever receives an upload. */
    public Upload upload() {
        throw new UnsupportedOperationException();
    }

    /** What {@link #submit} would refuse before it looks at the request: BACKOFF for rate and queue. */
    public void checkMaySubmit(String client) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a job, durably, and answers it as pending. What can be wrong is found first: names, schema, connection, format
     * (UNSUPPORTED_MEDIA_TYPE for an extension that is not known, UNPROCESSABLE for content that is not what it claims to be),
     * hosts that are not allowed (PERMISSION_DENIED), rate and queue (BACKOFF). When it throws, spool files of the request are gone.
     */
    public Job submit(ImportRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Where a bucket is configured; the request's source is replaced. UNIMPLEMENTED where none is. */
    public UploadUrl uploadUrl(ImportRequest request, String fileName) {
        throw new UnsupportedOperationException();
    }

    /** NOT_FOUND. */
    public Job job(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** Newest first. Null: of any state, tenant, database, collection (a name). */
    public JobPage jobs(@Nullable JobState state, @Nullable String tenant, @Nullable String database,
            @Nullable String collection, int offset, int limit) {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks the job to end within a batch; one that has ended stays as it is. With {@code revert} a job is made that undoes
     * what it loaded (also for one that has ended).
     */
    public Job cancel(UUID id, boolean revert) {
        throw new UnsupportedOperationException();
    }

    /** A new job for the documents that failed in an ended one, or for all of its rest if it failed as a whole. */
    public Job retry(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** A job that undoes a commit. ALREADY_EXISTS (409) with a count if rows were changed since, unless {@code force}. */
    public Job revert(UUID collection, String commit, boolean force, @Nullable String message,
            @Nullable String author, String client) {
        throw new UnsupportedOperationException();
    }

    /** Ordered by ordinal, from behind {@code afterOrdinal} (-1 for the beginning) on. */
    public List<DocumentError> errors(UUID id, long afterOrdinal, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Runs the action now and after every change of the job; it must be quick. Close what it returns. */
    public Following follow(UUID id, Runnable action) {
        throw new UnsupportedOperationException();
    }

    public History history() {
        throw new UnsupportedOperationException();
    }

    /** How many jobs there are of each state, and what the spool folder holds. */
    public Stats stats() {
        throw new UnsupportedOperationException();
    }

    /** For metrics. */
    public record Stats(Map<JobState, Long> jobs, long spoolFiles, long spoolBytes, int queued, int working) {}

    /** Jobs at work stop behind the batch at hand and go on at the next start. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
