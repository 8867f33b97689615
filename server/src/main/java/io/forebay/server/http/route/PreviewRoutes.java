package io.forebay.server.http.route;

import io.forebay.server.http.upload.MultipartScanner;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.List;
import java.util.concurrent.Executor;

/** Shows the first documents of a file that somebody is about to import. Nothing of it is kept. */
final class PreviewRoutes {
    /** Of the file; what it takes to show twenty documents of nearly any file, and all of a small workbook. */
    static final long FILE_BYTES_MAX = 16L << 20;
    private static final long FORM_BYTES_MAX = 1L << 20;

    private final ImportApi api;

    PreviewRoutes(ImportApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Route.streaming(HttpMethod.POST, "/api/etl/preview", new Source())
                .needs(Access.WRITE_CHECKED));
    }

    private final class Source implements BodySink.Source {
        @Override
        public long bytesMax() {
            return FILE_BYTES_MAX + FORM_BYTES_MAX;
        }

        /** Reading a file takes long: uploads must not wait for it. */
        @Override
        public Executor threads(Executor uploads) {
            return api.previewing();
        }

        @Override
        public BodySink open(Request request) {
            api.isOn();
            String type = request.header(HttpHeaderNames.CONTENT_TYPE.toString());
            if (type == null || !MultipartScanner.isMultipart(type)) {
                throw new ForebayException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "Expected request with `Content-Type: multipart/form-data` (a file)");
            }
            api.imports().takePreview(request.client());
            return new PreviewSink(api, type);
        }
    }
}
