package io.forebay.server.http.json;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of {@code /api/forebay/embed}. */
public final class EmbedDecoder {
    static final int TEXTS_MAX = 100;
    static final int TEXT_LENGTH_MAX = 100_000;

    private EmbedDecoder() {}

    /** @param connection null for the default one */
    public record Embed(List<String> texts, @Nullable String connection) {}

    public static Embed embed(JsonIn in) throws IOException {
        List<String> texts = new ArrayList<>();
        String[] connection = new String[1];
        boolean[] named = new boolean[1];
        in.object("struct EmbedRequest", name -> {
            switch (name) {
                case "texts" -> {
                    named[0] = true;
                    texts.addAll(in.strings());
                }
                case "connection" -> connection[0] = in.nullableString();
                default -> throw in.shape("unknown field `" + name
                        + "`, expected one of `texts`, `connection`");
            }
            return true;
        });
        if (!named[0]) {
            throw in.missing("texts");
        }
        check(texts);
        return new Embed(texts, connection[0]);
    }

    private static void check(List<String> texts) {
        if (texts.isEmpty() || texts.size() > TEXTS_MAX) {
            throw refused("texts: there must be from 1 to " + TEXTS_MAX + ", got " + texts.size());
        }
        for (String text : texts) {
            if (text.length() > TEXT_LENGTH_MAX) {
                throw refused(
                        "texts: one has " + text.length() + " characters, more than " + TEXT_LENGTH_MAX);
            }
        }
    }

    private static ForebayException refused(String message) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, message);
    }
}
