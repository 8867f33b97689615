package io.forebay.server.http.route;

import io.forebay.etl.Imports;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Limits;
import io.forebay.server.http.json.JobEncoder;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.stream.JobEvents;
import io.forebay.server.http.stream.PulledContent;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Import jobs: how they stand, what they could not take, and ending, undoing and repeating them. */
final class JobRoutes {
    private static final String JOBS = "/api/etl/jobs";
    private static final String JOB = JOBS + "/{job_id}";
    private static final String FAILED = "Failed to deserialize query string: ";
    private static final int LIMIT_DEFAULT = 50;
    private static final int LIMIT_MAX = 1000;
    private static final int ERRORS_AT_ONCE = 500;

    private final ImportApi api;

    JobRoutes(ImportApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(JOBS, r -> api.answer(() -> list(r))).needs(Access.READ_FILTERED));
        routes.add(Api.get(JOB, r -> api.answer(() -> one(200, api.job(r)))).needs(Access.READ_FILTERED));
        routes.add(Api.of(HttpMethod.DELETE, JOB, false, r -> api.answer(() -> cancel(r)))
                .needs(Access.WRITE_CHECKED).audited("job.cancel"));
        routes.add(Api.get(JOB + "/events", r -> api.answer(() -> events(r))).needs(Access.READ_FILTERED));
        routes.add(Api.get(JOB + "/errors", r -> api.answer(() -> errors(r))).needs(Access.READ_FILTERED));
        routes.add(Api.of(HttpMethod.POST, JOB + "/retry", false, r -> api.answer(() -> retry(r)))
                .needs(Access.WRITE_CHECKED).audited("job.retry"));
    }

    private static Response one(int status, Job job) {
        return Response.json(status, out -> JobEncoder.write(out, job));
    }

    private Response list(Request request) {
        QueryParams params = request.params();
        JobState state = state(params.text("state"));
        String tenant = params.text("tenant");
        String database = params.text("database");
        String collection = params.text("collection");
        Integer from = params.u32("offset");
        Integer most = params.u32("limit");
        int offset = from == null ? 0 : from;
        int limit = most == null ? LIMIT_DEFAULT : Math.min(most, LIMIT_MAX);
        Limits limits = request.who().limits();
        Imports.JobPage page = api.imports().jobs(state, tenant, database, collection,
                asked -> limits.allow(asked.tenant(), asked.database()), offset, limit);
        return Response.json(200, out -> JobEncoder.page(out, page.jobs(), page.total(), offset));
    }

    private static @Nullable JobState state(@Nullable String named) {
        if (named == null) {
            return null;
        }
        List<String> known = new ArrayList<>();
        for (JobState state : JobState.values()) {
            String name = state.name().toLowerCase(Locale.ROOT);
            if (name.equals(named)) {
                return state;
            }
            known.add("`" + name + "`");
        }
        throw ForebayException.invalid(FAILED + "state: unknown variant `" + named + "`, expected one of "
                + String.join(", ", known));
    }

    private Response cancel(Request request) {
        String revert = request.params().text("revert");
        if (revert != null && !revert.equals("true") && !revert.equals("false")) {
            throw ForebayException.invalid(FAILED + "revert: expected `true` or `false`");
        }
        Job job = api.job(request);
        return one(200, api.imports().cancel(job.id(), "true".equals(revert)));
    }

    private Response retry(Request request) {
        Job job = api.job(request);
        api.imports().checkMaySubmit(request.client());
        return UploadRoutes.accepted(api.imports().retry(job.id(), request.client(), request.trace()));
    }

    private Response events(Request request) {
        UUID id = api.job(request).id();
        return Response.live(PulledContent.open("text/event-stream", api.streams(),
                new JobEvents(api.imports(), id, api.isOn().intervalMillis())))
                .with("Cache-Control", "no-store")
                // Or nginx would keep events back until it has a page full of them.
                .with("X-Accel-Buffering", "no");
    }

    private Response errors(Request request) {
        UUID id = api.job(request).id();
        Imports imports = api.imports();
        long[] after = {-1};
        return Response.live(PulledContent.open("application/x-ndjson", api.streams(), () -> {
            List<DocumentError> errors = imports.errors(id, after[0], ERRORS_AT_ONCE);
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            for (DocumentError error : errors) {
                Json.encode(lines, out -> JobEncoder.error(out, error));
                lines.write('\n');
                after[0] = error.ordinal();
            }
            return errors.isEmpty() ? null : lines.toByteArray();
        }));
    }
}
