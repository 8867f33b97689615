package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.etl.Imports;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs of the import service. What is not known, or not yet, is null. */
public final class JobEncoder {
    private JobEncoder() {}

    public static void page(JsonGenerator out, Iterable<Job> jobs, long total, long offset)
            throws IOException {
        out.writeStartObject();
        out.writeNumberField("total", total);
        out.writeNumberField("offset", offset);
        out.writeArrayFieldStart("jobs");
        for (Job job : jobs) {
            write(out, job);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    public static void write(JsonGenerator out, Job job) throws IOException {
        out.writeStartObject();
        out.writeStringField("job_id", job.id().toString());
        out.writeStringField("status", lower(job.state()));
        out.writeStringField("phase", job.phase());
        out.writeBooleanField("cancelling", job.cancelling());
        request(out, job);
        time(out, "created_at", job.createdMillis());
        time(out, "started_at", job.startedMillis());
        time(out, "ended_at", job.endedMillis());
        progress(out, job.progress());
        result(out, job);
        failure(out, job.error());
        out.writeArrayFieldStart("memory");
        for (Job.MemoryMark mark : job.memory()) {
            memory(out, mark);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void request(JsonGenerator out, Job job) throws IOException {
        ImportRequest request = job.request();
        text(out, "tenant", request.tenant());
        text(out, "database", request.database());
        text(out, "collection_name", request.collection());
        id(out, "collection_id", job.collectionId());
        text(out, "space", request.space() == null ? null : request.space().wireName());
        text(out, "source", source(request.source()));
        text(out, "file_name", fileName(request.source()));
        text(out, "embedding_connection", request.connection());
        text(out, "embedding_model", request.model());
        text(out, "on_duplicate", lower(request.onDuplicate()));
        text(out, "message", request.message());
        text(out, "author", request.author());
        id(out, "retry_of", job.retryOf());
    }

    private static String source(JobSource source) {
        return switch (source) {
            case JobSource.Spooled ignored -> "upload";
            case JobSource.Remote ignored -> "url";
            case JobSource.Paged ignored -> "api";
            case JobSource.Awaited ignored -> "upload_url";
            case JobSource.Undo ignored -> "revert";
        };
    }

    private static @Nullable String fileName(JobSource source) {
        return switch (source) {
            case JobSource.Spooled spooled -> spooled.fileName();
            case JobSource.Remote remote -> lastSegment(remote.url());
            case JobSource.Paged paged -> paged.api();
            case JobSource.Awaited awaited -> awaited.fileName();
            case JobSource.Undo ignored -> null;
        };
    }

    /** Without query, which may hold a key. */
    private static String lastSegment(String url) {
        String path = url.replaceFirst("[?#].*$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static void progress(JsonGenerator out, Job.Progress progress) throws IOException {
        out.writeObjectFieldStart("progress");
        out.writeNumberField("processed", progress.processed());
        known(out, "total", progress.total());
        out.writeNumberField("bytes_processed", progress.bytesProcessed());
        known(out, "bytes_total", progress.bytesTotal());
        out.writeNumberField("percentage", rounded(progress.percentage()));
        out.writeNumberField("elapsed_seconds", seconds(progress.elapsedMillis()));
        if (progress.remainingMillis() < 0) {
            out.writeNullField("estimated_remaining_seconds");
        } else {
            out.writeNumberField("estimated_remaining_seconds", seconds(progress.remainingMillis()));
        }
        out.writeNumberField("documents_per_second", rounded(progress.documentsPerSecond()));
        out.writeNumberField("current_batch", progress.currentBatch());
        known(out, "batches", progress.batches());
        out.writeNumberField("indexed", progress.indexed());
        out.writeEndObject();
    }

    private static void result(JsonGenerator out, Job job) throws IOException {
        Job.Result result = job.result();
        out.writeObjectFieldStart("result");
        out.writeNumberField("documents_inserted", result.inserted());
        out.writeNumberField("documents_updated", result.updated());
        out.writeNumberField("documents_deleted", result.deleted());
        out.writeNumberField("documents_skipped", result.skipped());
        out.writeNumberField("documents_failed", result.failed());
        out.writeNumberField("embedded", result.embedded());
        out.writeNumberField("from_cache", result.fromCache());
        text(out, "commit_id", job.commit());
        out.writeEndObject();
    }

    private static void failure(JsonGenerator out, Job.@Nullable Failure failure) throws IOException {
        if (failure == null) {
            out.writeNullField("error");
            return;
        }
        out.writeObjectFieldStart("error");
        out.writeStringField("message", failure.message());
        out.writeStringField("failed_at", failure.failedAt());
        out.writeObjectFieldStart("position");
        known(out, "ordinal", failure.ordinal());
        known(out, "line", failure.line() == 0 ? -1 : failure.line());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void memory(JsonGenerator out, Job.MemoryMark mark) throws IOException {
        out.writeStartObject();
        out.writeStringField("phase", mark.phase());
        known(out, "rss_bytes", mark.rss());
        known(out, "heap_bytes", mark.heap());
        known(out, "rss_peak_bytes", mark.rssPeak());
        known(out, "rss_mean_bytes", mark.rssMean());
        out.writeEndObject();
    }

    /** One line of {@code …/errors}. */
    public static void error(JsonGenerator out, DocumentError error) throws IOException {
        out.writeStartObject();
        out.writeNumberField("ordinal", error.ordinal());
        known(out, "line", error.line() == 0 ? -1 : error.line());
        text(out, "sheet", error.sheet());
        text(out, "id", error.id());
        out.writeStringField("reason", error.reason());
        out.writeEndObject();
    }

    public static void uploadUrl(JsonGenerator out, Imports.UploadUrl made) throws IOException {
        out.writeStartObject();
        out.writeStringField("job_id", made.job().id().toString());
        out.writeStringField("status", lower(made.job().state()));
        out.writeStringField("method", "PUT");
        out.writeStringField("url", made.url());
        out.writeStringField("key", made.key());
        time(out, "expires_at", made.expiresMillis());
        out.writeEndObject();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static void time(JsonGenerator out, String name, long millis) throws IOException {
        text(out, name, millis <= 0 ? null : Instant.ofEpochMilli(millis).toString());
    }

    static void text(JsonGenerator out, String name, @Nullable String value) throws IOException {
        out.writeStringField(name, value);
    }

    private static void id(JsonGenerator out, String name, @Nullable UUID value) throws IOException {
        text(out, name, value == null ? null : value.toString());
    }

    private static void known(JsonGenerator out, String name, long value) throws IOException {
        if (value < 0) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, value);
        }
    }

    private static double seconds(long millis) {
        return millis / 1000.0;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
