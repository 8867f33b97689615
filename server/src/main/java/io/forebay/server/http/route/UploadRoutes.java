package io.forebay.server.http.route;

import io.forebay.etl.Imports;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.ImportDecoder;
import io.forebay.server.http.json.JobEncoder;
import io.forebay.server.http.upload.MultipartScanner;
import io.forebay.server.http.upload.UploadForm;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Submits imports: a file in a form, or where to fetch the documents from. */
final class UploadRoutes {
    private static final String UPLOAD = "/api/etl/upload";
    private static final String FILES = "/api/entities/{entity}/files";
    /** What a form has around its file: fields, heads of parts, boundaries. */
    private static final long FORM_BYTES_MAX = 2L << 20;

    private final ImportApi api;

    UploadRoutes(ImportApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Route.streaming(HttpMethod.POST, UPLOAD, new Source(false)).needs(Access.WRITE_CHECKED)
                .audited("job.submit"));
        routes.add(Route.streaming(HttpMethod.POST, FILES, new Source(true)).needs(Access.WRITE_CHECKED)
                .audited("job.submit"));
        routes.add(Api.post("/api/etl/upload-url", this::uploadUrl).needs(Access.WRITE_CHECKED)
                .audited("upload_url.create"));
    }

    /** @param ofEntity whether the path names the collection */
    private final class Source implements BodySink.Source {
        private final boolean ofEntity;

        Source(boolean ofEntity) {
            this.ofEntity = ofEntity;
        }

        @Override
        public long bytesMax() {
            // With a file of records beside one of vectors.
            return api.service() == null ? Long.MAX_VALUE : 2 * api.isOn().uploadBytesMax() + FORM_BYTES_MAX;
        }

        @Override
        public BodySink open(Request request) {
            Imports imports = api.imports();
            Map<String, String> said = said(request);
            if (ofEntity) {
                collection(request, said);
            }
            ImportFields fields = new ImportFields(said);
            if (said.containsKey(ImportFields.TENANT) && said.containsKey(ImportFields.DATABASE)) {
                ImportApi.checkLimits(request.who(), fields.tenant(), fields.database());
            }
            String type = request.header(HttpHeaderNames.CONTENT_TYPE.toString());
            if (MultipartScanner.isMultipart(type) && type != null) {
                imports.checkMaySubmit(request.client());
                return new UploadSink(api, request, said, type);
            }
            if (isJson(type)) {
                imports.checkMaySubmit(request.client());
                return new JsonImportSink(api, request, said);
            }
            throw new ForebayException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Expected request with `Content-Type: multipart/form-data` (a file), or"
                            + " `application/json` (a url or an api)");
        }

        private boolean isJson(@Nullable String type) {
            return type != null && type.toLowerCase(Locale.ROOT).split(";")[0].strip()
                    .equals("application/json");
        }
    }

    private static Map<String, String> said(Request request) {
        Map<String, String> said = new HashMap<>();
        QueryParams params = request.params();
        for (String name : List.of(ImportFields.TENANT, ImportFields.DATABASE,
                ImportFields.COLLECTION_NAME)) {
            String value = params.text(name);
            if (value != null) {
                said.put(name, value);
            }
        }
        return said;
    }

    /** By its name, or by its id, which must be there. */
    private void collection(Request request, Map<String, String> said) {
        String named = request.variable("entity");
        UUID id = Api.idOf(named);
        if (id == null) {
            said.put(ImportFields.COLLECTION_NAME, named);
            return;
        }
        CollectionInfo found = api.engine().collection(id);
        if (!request.who().limits().allow(found.tenant(), found.database())) {
            throw ForebayException.notFound("Collection [" + id + "] does not exist.");
        }
        said.put(ImportFields.TENANT, found.tenant());
        said.put(ImportFields.DATABASE, found.database());
        said.put(ImportFields.COLLECTION_NAME, found.name());
    }

    /** @param said by path and query */
    static ImportFields fields(Map<String, String> said, Map<String, String> body) {
        Map<String, String> all = new HashMap<>(body);
        said.forEach((name, value) -> {
            String other = all.put(name, value);
            if (other != null && !other.equals(value)) {
                throw ImportFields.unprocessable("field " + name + " is " + other + " in the body and "
                        + value + " in the address");
            }
        });
        return new ImportFields(all);
    }

    static Response accepted(Job job) {
        return Response.json(202, out -> JobEncoder.write(out, job))
                .with("Location", "/api/etl/jobs/" + job.id());
    }

    private CompletableFuture<Response> uploadUrl(Request request) {
        api.isOn();
        Map<String, String> told = new HashMap<>(request.json(in -> ImportDecoder.fields(in, name -> {
            if (!name.equals(ImportFields.FILE_NAME)) {
                ImportFields.known(name);
            }
        })));
        String fileName = told.remove(ImportFields.FILE_NAME);
        if (fileName == null || fileName.isEmpty()) {
            throw ImportFields.unprocessable("missing field " + ImportFields.FILE_NAME);
        }
        UploadForm.checkFileName(fileName);
        ImportFields fields = fields(said(request), told);
        fields.check(fileName, null);
        ImportApi.checkLimits(request.who(), fields.tenant(), fields.database());
        // The service puts in the object that is awaited.
        ImportRequest asked = fields.request(new JobSource.Awaited("", fileName, 0), request);
        return api.answer(() -> {
            api.imports().checkMaySubmit(request.client());
            Imports.UploadUrl made = api.imports().uploadUrl(asked, fileName);
            return Response.json(200, out -> JobEncoder.uploadUrl(out, made));
        });
    }
}
