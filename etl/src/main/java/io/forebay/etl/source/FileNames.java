package io.forebay.etl.source;

import io.forebay.etl.format.Formats;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds a name for what is fetched: its extension tells the format. */
final class FileNames {
    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("application/jsonl", "jsonl"),
            Map.entry("application/x-jsonlines", "jsonl"), Map.entry("application/jsonlines", "jsonl"),
            Map.entry("application/ndjson", "jsonl"), Map.entry("application/x-ndjson", "jsonl"),
            Map.entry("application/json-seq", "jsonl"), Map.entry("application/json", "json"),
            Map.entry("text/csv", "csv"), Map.entry("text/tab-separated-values", "tsv"),
            Map.entry("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            Map.entry("application/vnd.apache.parquet", "parquet"));
    private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z][A-Za-z0-9]{0,15}$");
    private static final Pattern EXTENDED = Pattern
            .compile("(?i)filename\\*\\s*=\\s*utf-8'[^']*'([^;\\s]+)");
    private static final Pattern QUOTED = Pattern.compile("(?i)filename\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PLAIN = Pattern.compile("(?i)filename\\s*=\\s*([^;\"\\s]+)");

    private FileNames() {}

    /**
     * Whether the path of a web address has an extension, none that is read, and no query. Behind a query there is mostly a
     * program, whose extension is not that of its answer.
     */
    static boolean isOfAnotherKind(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String name = last(path);
        return uri.getRawQuery() == null && EXTENSION.matcher(name).find() && !Formats.knows(name);
    }

    /** The last part of the path. */
    static String ofPath(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String name = last(path.replaceAll("/+$", ""));
        return name.isEmpty() ? String.valueOf(uri.getHost()) : name;
    }

    /** The name that an answer gives, if it tells more than the one known so far. */
    static String ofAnswer(String known, @Nullable String disposition, @Nullable String type) {
        String given = disposition == null ? null : ofDisposition(disposition);
        if (given != null && Formats.knows(given)) {
            return given;
        }
        String extension = type == null
                ? null
                : TYPES.get(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
        return extension == null ? known : known + "." + extension;
    }

    private static @Nullable String ofDisposition(String disposition) {
        Matcher extended = EXTENDED.matcher(disposition);
        if (extended.find()) {
            try {
                return last(URLDecoder.decode(extended.group(1).replace("+", "%2B"),
                        StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        Matcher quoted = QUOTED.matcher(disposition);
        if (quoted.find()) {
            return last(quoted.group(1).replaceAll("\\\\(.)", "$1"));
        }
        Matcher plain = PLAIN.matcher(disposition);
        return plain.find() ? last(plain.group(1)) : null;
    }

    /** No folders: only what is behind the last separator of any system. */
    private static String last(String path) {
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    }
}
