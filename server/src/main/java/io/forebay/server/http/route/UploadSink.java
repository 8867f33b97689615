package io.forebay.server.http.route;

import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.server.http.upload.MultipartScanner;
import io.forebay.server.http.upload.UploadForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of an import in {@code multipart/form-data}. The file goes into a spool file as it comes; when all has come
 * and nothing is wrong with the fields it is synced, and the job is made.
 *
 * <p>Failure: unless a job was made no spool file is left.
 */
final class UploadSink implements BodySink {
    private final ImportApi api;
    private final Request request;
    /** What path and query say. */
    private final Map<String, String> said;
    private final UploadForm form;
    private final MultipartScanner scanner;

    UploadSink(ImportApi api, Request request, Map<String, String> said, String contentType) {
        this.api = api;
        this.request = request;
        this.said = said;
        this.form = new UploadForm(api.imports()::upload, ImportFields::known);
        this.scanner = MultipartScanner.of(contentType, form);
        api.uploads().take(); // the last step that may fail: from here on abort or end gives it back
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        scanner.scan(bytes);
    }

    @Override
    public Response end() throws IOException {
        scanner.finish();
        ImportFields fields = UploadRoutes.fields(said, form.fields());
        fields.check(form.fileName(UploadForm.FILE), form.fileName(UploadForm.RECORDS));
        ImportApi.checkLimits(request.who(), fields.tenant(), fields.database());
        UploadForm.Spooled side = form.finish(UploadForm.RECORDS);
        UploadForm.Spooled file = form.finish(UploadForm.FILE);
        Job job = api.imports().submit(fields.request(source(fields, file, side), request));
        api.uploads().give();
        return UploadRoutes.accepted(job);
    }

    private static JobSource source(ImportFields fields, UploadForm.@Nullable Spooled file,
            UploadForm.@Nullable Spooled side) {
        return file == null
                ? fields.remote()
                : new JobSource.Spooled(file.fileName(), file.file(), side == null ? null : side.fileName(),
                        side == null ? null : side.file(), fields.text("charset"));
    }

    @Override
    public void abort() {
        api.uploads().give();
        form.close();
    }
}
