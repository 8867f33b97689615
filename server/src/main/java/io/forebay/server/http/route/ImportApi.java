package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.etl.Imports;
import io.forebay.etl.job.Job;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.stream.FeedSlots;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the routes of imports, jobs and commits share.
 *
 * @param service null where imports are switched off: then each of these routes answers 404
 * @param threads where the service is asked, because it may wait for the disk
 */
public record ImportApi(@Nullable ImportService service, Forebay engine, Executor threads,
        Executor previewing,
        FeedSlots uploads, FeedSlots previews, FeedSlots streams) {
    /** Files that are received to be shown, or read; each has up to 2 MiB of memory, and one of the few threads in turns. */
    private static final int PREVIEWS_MAX = 8;
    static final String OFF = "The import service is switched off on this server (imports.enabled: false)";

    /** @param streamsMax followed jobs, and lists of errors that are read, at once */
    public static ImportApi of(@Nullable ImportService service, Forebay engine, Executor threads,
            Executor previewing, int streamsMax) {
        int uploadsMax = service == null ? 1 : service.uploadsAtOnceMax();
        return new ImportApi(service, engine, threads, previewing,
                new FeedSlots(uploadsMax, "uploads", "imports.max_concurrent_uploads", "uploads"),
                new FeedSlots(PREVIEWS_MAX, "previews", "previews", "previews"),
                new FeedSlots(streamsMax, "streams of jobs"));
    }

    ImportService isOn() {
        if (service == null) {
            throw ForebayException.notFound(OFF);
        }
        return service;
    }

    Imports imports() {
        return isOn().imports();
    }

    CompletableFuture<Response> answer(Supplier<Response> work) {
        isOn();
        return new Aside(threads).answer(work);
    }

    /** A job that is not in what the token allows is as one that does not exist: in the very words of the service. */
    Job job(Request request) {
        UUID id = Api.uuid(request.variable("job_id"), "Job ID is not a valid UUID");
        Job job = imports().job(id);
        if (!request.who().limits().allow(job.request().tenant(), job.request().database())) {
            throw ForebayException.notFound("Job [" + id + "] does not exist");
        }
        return job;
    }

    /** What a body names is known only when it has been read. */
    static void checkLimits(Principal who, String tenant, String database) {
        if (!who.limits().allow(tenant, database)) {
            throw new ForebayException(ErrorCode.PERMISSION_DENIED,
                    "Token '" + who.id() + "' is limited to other tenants or databases");
        }
    }
}
