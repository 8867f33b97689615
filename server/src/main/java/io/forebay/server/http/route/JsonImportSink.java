package io.forebay.server.http.route;

import io.forebay.etl.job.Job;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.ImportDecoder;
import io.forebay.server.http.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/** The body of an import in JSON, which names where the documents are instead of having them. */
final class JsonImportSink implements BodySink {
    private static final int BYTES_MAX = 1 << 20;

    private final ImportApi api;
    private final Request request;
    /** What path and query say. */
    private final Map<String, String> said;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    JsonImportSink(ImportApi api, Request request, Map<String, String> said) {
        this.api = api;
        this.request = request;
        this.said = said;
        api.uploads().take(); // the last step that may fail: from here on abort or end gives it back
    }

    @Override
    public void take(ByteBuffer bytes) {
        if (body.size() + bytes.remaining() > BYTES_MAX) {
            throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "An import in JSON has at most " + BYTES_MAX
                            + " bytes; send files as multipart/form-data");
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        body.writeBytes(copy);
    }

    @Override
    public Response end() {
        byte[] all = body.toByteArray();
        Map<String, String> told = Json.decode(all, all.length,
                in -> ImportDecoder.fields(in, ImportFields::known));
        ImportFields fields = UploadRoutes.fields(said, told);
        fields.check(null, null);
        ImportApi.checkLimits(request.who(), fields.tenant(), fields.database());
        Job job = api.imports().submit(fields.request(fields.remote(), request));
        api.uploads().give();
        return UploadRoutes.accepted(job);
    }

    @Override
    public void abort() {
        api.uploads().give();
        body.reset();
    }
}
