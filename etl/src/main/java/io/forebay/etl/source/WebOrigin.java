package io.forebay.etl.source;

import io.forebay.etl.format.Formats;
import io.forebay.etl.source.RangedFetch.Part;
import io.forebay.etl.source.Retries.PassingException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file on a web server. A part is asked for with {@code Range} and {@code If-Range}; a server that has another file by
 * now, or knows no ranges, answers with the whole.
 *
 * <p>Its name is that of the path. Where that does not tell the format, the server is asked once for the headers
 * ({@code HEAD}): {@code Content-Disposition} and {@code Content-Type} may tell. If that fails, the path's name stays.
 */
final class WebOrigin implements RangedFetch.Origin {
    private static final Pattern CONTENT_RANGE = Pattern
            .compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final WebClient client;
    private final URI uri;
    private @Nullable String fileName;

    WebOrigin(WebClient client, URI uri) {
        this.client = client;
        this.uri = uri;
    }

    @Override
    public String name() {
        return uri.toString();
    }

    @Override
    public String shown() {
        return AddressRules.shown(uri);
    }

    @Override
    public synchronized String fileName() {
        if (fileName != null) {
            return fileName;
        }
        String ofPath = FileNames.ofPath(uri);
        String name = Formats.knows(ofPath) ? ofPath : asked(ofPath);
        fileName = name;
        return name;
    }

    private String asked(String ofPath) {
        String[] name = {ofPath};
        try {
            SourceThreads.run(() -> {
                try (WebClient.Answer answer = client.ask("HEAD", uri, Map.of(), Map.of())) {
                    if (answer.status() == 200) {
                        name[0] = FileNames.ofAnswer(FileNames.ofPath(answer.uri),
                                answer.header("Content-Disposition"), answer.header("Content-Type"));
                    }
                }
            });
        } catch (IOException e) {
            return ofPath;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return name[0];
    }

    @Override
    public Part open(long from, @Nullable String validator) throws IOException {
        Map<String, String> headers = from == 0 || validator == null
                ? Map.of()
                : Map.of("Range", "bytes=" + from + "-", "If-Range", validator);
        WebClient.Answer answer = client.ask("GET", uri, headers, Map.of());
        try {
            Part part = part(answer, from, validator);
            if (part != null) {
                return part;
            }
        } catch (IOException | RuntimeException e) {
            answer.close();
            throw e;
        }
        answer.close();
        return open(0, null);
    }

    /** Null when a part was asked for that cannot be used: then the whole is asked for. */
    private static @Nullable Part part(WebClient.Answer answer, long from, @Nullable String validator)
            throws IOException {
        String found = validator(answer);
        switch (answer.status()) {
            case 200 -> {
                return new Part(answer.body(), 0, answer.length(), found, answer::close);
            }
            case 206 -> {
                Matcher range = CONTENT_RANGE.matcher(String.valueOf(answer.header("Content-Range")));
                boolean fits = range.matches() && Long.parseLong(range.group(1)) == from
                        && (found == null || found.equals(validator));
                if (fits && from > 0) {
                    long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
                    return new Part(answer.body(), from, total, validator, answer::close);
                }
            }
            case 416 -> {
            }
            default -> throw answer.refusal();
        }
        if (from == 0) {
            throw new PassingException(AddressRules.shown(answer.uri) + " answers with status "
                    + answer.status() + " to a request for the whole", -1);
        }
        return null;
    }

    /** A strong ETag, or else the date of the last change. */
    private static @Nullable String validator(WebClient.Answer answer) {
        String tag = answer.header("ETag");
        return tag != null && tag.startsWith("\"") ? tag : answer.header("Last-Modified");
    }
}
