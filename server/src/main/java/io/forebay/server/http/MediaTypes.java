package io.forebay.server.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which content types are JSON. */
final class MediaTypes {
    private MediaTypes() {}

    /** A missing header is taken for JSON, an empty one is not. */
    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return true;
        }
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters)).trim()
                .toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }
}
