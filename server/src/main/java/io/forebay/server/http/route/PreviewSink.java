package io.forebay.server.http.route;

import io.forebay.etl.preview.Preview;
import io.forebay.server.http.json.PreviewEncoder;
import io.forebay.server.http.upload.MultipartScanner;
import io.forebay.server.http.upload.UploadForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * A file, or the beginning of one, whose first documents are to be shown: it goes through a spool file, because the readers
 * of some formats go to and fro.
 *
 * <p>Failure: no spool file is left, whatever happens.
 */
final class PreviewSink implements BodySink {
    private static final String TRUNCATED = "truncated";
    private static final String LIMIT = "limit";
    private static final String CHARSET = "charset";
    private static final List<String> KNOWN = List.of(TRUNCATED, LIMIT, CHARSET);
    private static final int ROWS_DEFAULT = 20;

    private final ImportApi api;
    private final UploadForm form;
    private final MultipartScanner scanner;

    PreviewSink(ImportApi api, String contentType) {
        this.api = api;
        this.form = new UploadForm(api.imports()::upload, PreviewSink::known);
        this.scanner = MultipartScanner.of(contentType, form);
        api.previews().take(); // the last step that may fail: from here on abort or end gives it back
    }

    private static void known(String name) {
        if (!KNOWN.contains(name)) {
            throw ImportFields
                    .unprocessable("unknown field " + name + "; fields are " + UploadForm.FILE + ", "
                            + String.join(", ", KNOWN));
        }
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        scanner.scan(bytes);
    }

    @Override
    public Response end() throws IOException {
        scanner.finish();
        Map<String, String> fields = form.fields();
        boolean truncated = flag(fields.getOrDefault(TRUNCATED, "false"));
        String charset = fields.getOrDefault(CHARSET, "");
        int limit = limit(fields.getOrDefault(LIMIT, Integer.toString(ROWS_DEFAULT)));
        UploadForm.Spooled file = form.finish(UploadForm.FILE);
        if (file == null) {
            throw ImportFields.unprocessable("missing part " + UploadForm.FILE);
        }
        Preview preview = api.imports().preview(file.fileName(), file.file(),
                charset.isEmpty() ? null : charset, truncated, limit);
        form.close();
        api.previews().give();
        return Response.json(200, out -> PreviewEncoder.write(out, preview));
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false", "" -> false;
            default -> throw ImportFields.unprocessable("field " + TRUNCATED + " must be true or false");
        };
    }

    private static int limit(String text) {
        if (text.matches("\\d{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= Preview.ROWS_MAX) {
                return limit;
            }
        }
        throw ImportFields.unprocessable("field " + LIMIT + " must be from 1 to " + Preview.ROWS_MAX);
    }

    @Override
    public void abort() {
        api.previews().give();
        form.close();
    }
}
