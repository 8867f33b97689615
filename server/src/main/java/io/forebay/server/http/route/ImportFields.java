package io.forebay.server.http.route;

import io.forebay.etl.embed.TraceContext;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Space;
import io.forebay.server.config.Closest;
import io.forebay.server.http.json.ImportDecoder;
import io.forebay.server.http.upload.UploadForm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an import, from a form, a JSON body or a query string, as they become a request of the import service.
 *
 * @param values texts by name, none of which is unknown
 */
record ImportFields(Map<String, String> values) {
    static final String COLLECTION_NAME = "collection_name";
    static final String TENANT = "tenant";
    static final String DATABASE = "database";
    static final String FILE_NAME = "file_name";
    private static final List<String> KNOWN = List.of(COLLECTION_NAME, TENANT, DATABASE,
            "space", "embedding_connection", "embedding_model", "schema", "on_duplicate", "message", "author",
            "charset", "url", "api", "parameters");
    private static final int NOTE_LENGTH_MAX = 1000;

    static void known(String name) {
        if (!KNOWN.contains(name)) {
            throw unprocessable("unknown field " + name
                    + Closest.to(name, KNOWN).map(meant -> "; did you mean " + meant + "?").orElse("")
                    + " Fields are " + UploadForm.FILE + ", " + UploadForm.RECORDS + ", "
                    + String.join(", ", KNOWN));
        }
    }

    String tenant() {
        return values.getOrDefault(TENANT, Database.DEFAULT_TENANT);
    }

    String database() {
        return values.getOrDefault(DATABASE, Database.DEFAULT_DATABASE);
    }

    /** Null where the field is absent or empty, as forms send what was not filled in. */
    @Nullable
    String text(String name) {
        String value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /**
     * Everything that can be wrong with the fields is found here, before a file is synced.
     *
     * @param fileName null where no file came
     * @param sideName null where no file of records came
     */
    void check(@Nullable String fileName, @Nullable String sideName) {
        int sources = (fileName == null ? 0 : 1) + (text("url") == null ? 0 : 1)
                + (text("api") == null ? 0 : 1);
        if (sources != 1) {
            throw unprocessable("an import takes exactly one of a file (part " + UploadForm.FILE
                    + "), url and api; this has " + (sources == 0 ? "none" : sources));
        }
        if (sideName != null && fileName == null) {
            throw unprocessable("part " + UploadForm.RECORDS + " belongs to a part " + UploadForm.FILE);
        }
        if (text("parameters") != null && text("api") == null) {
            throw unprocessable("parameters belong to an api");
        }
        values.forEach(ImportFields::checkLength);
        request(remote(), "", TraceContext.NONE);
    }

    /** As a form's fields are bounded while they come. */
    private static void checkLength(String name, String value) {
        if (value.length() > UploadForm.FIELD_BYTES_MAX
                || value.getBytes(StandardCharsets.UTF_8).length > UploadForm.FIELD_BYTES_MAX) {
            throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "field " + name + " has more than " + UploadForm.FIELD_BYTES_MAX + " bytes");
        }
    }

    /** Of a request without a file. */
    JobSource remote() {
        String api = text("api");
        if (api != null) {
            String parameters = text("parameters");
            return new JobSource.Paged(api,
                    parameters == null ? Map.of() : ImportDecoder.parameters(parameters));
        }
        String url = text("url");
        return new JobSource.Remote(url == null ? "" : url, text("charset"));
    }

    ImportRequest request(JobSource source, Request asked) {
        return request(source, asked.client(), asked.trace());
    }

    private ImportRequest request(JobSource source, String client, TraceContext trace) {
        String collection = text(COLLECTION_NAME);
        if (collection == null) {
            throw unprocessable("missing field " + COLLECTION_NAME);
        }
        String schema = text("schema");
        return new ImportRequest(tenant(), database(), collection, space(), source, text("embedding_connection"),
                text("embedding_model"), schema == null ? ImportSchema.DEFAULT : ImportDecoder.schema(schema),
                onDuplicate(), note("message"), note("author"), client, trace);
    }

    private @Nullable Space space() {
        String said = text("space");
        try {
            return said == null ? null : Space.of(said);
        } catch (IllegalArgumentException unknown) {
            throw unprocessable("field space: " + unknown.getMessage());
        }
    }

    private OnDuplicate onDuplicate() {
        String said = text("on_duplicate");
        if (said == null) {
            return OnDuplicate.UPDATE;
        }
        for (OnDuplicate one : OnDuplicate.values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(said)) {
                return one;
            }
        }
        throw unprocessable("field on_duplicate: unknown variant `" + said
                + "`, expected one of `skip`, `update`");
    }

    private @Nullable String note(String name) {
        return note(name, text(name));
    }

    /** Of a commit, message or author. */
    static @Nullable String note(String name, @Nullable String value) {
        if (value != null && value.length() > NOTE_LENGTH_MAX) {
            throw unprocessable("field " + name + " has more than " + NOTE_LENGTH_MAX + " characters");
        }
        return value;
    }

    static ForebayException unprocessable(String message) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, message);
    }
}
