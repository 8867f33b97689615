package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import io.forebay.etl.job.ImportSchema;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What imports are asked for in JSON. Stricter than Chroma's own bodies: a field that is not known is an error, because a
 * schema with a slip in it would make records that nobody wanted.
 */
public final class ImportDecoder {
    private ImportDecoder() {}

    /** The body of {@code …/revert}; {@code commit} is null where the path names it. */
    public record Revert(@Nullable String commit, boolean force, @Nullable String message,
            @Nullable String author) {
        public static final Revert DEFAULT = new Revert(null, false, null, null);
    }

    /**
     * An object as the fields of a form: texts as they are, objects as JSON.
     *
     * @param known throws for the name of a field that there is not
     */
    public static Map<String, String> fields(JsonIn in, Consumer<String> known) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        in.object("struct ImportRequest", name -> {
            known.accept(name);
            if (in.token() == JsonToken.START_OBJECT) {
                fields.put(name, Json.copy(in));
            } else if (!in.isNull()) {
                fields.put(name, in.string());
            }
            return true;
        });
        return fields;
    }

    /** @throws ForebayException UNPROCESSABLE, also for what is no JSON */
    public static ImportSchema schema(String json) {
        return field("schema", json, ImportDecoder::schema);
    }

    private static ImportSchema schema(JsonIn in) throws IOException {
        List<String> text = new ArrayList<>();
        List<@Nullable List<String>> metadata = new ArrayList<>();
        Map<String, @Nullable String> single = new LinkedHashMap<>();
        in.object("struct ImportSchema", name -> {
            switch (name) {
                case "text_fields" -> text.addAll(strings(in));
                case "metadata_fields" -> metadata.add(in.isNull() ? null : in.strings());
                case "id_field", "embedding_field" -> single.put(name, in.nullableString());
                default -> throw in.shape("unknown field `" + name
                        + "`, expected one of `text_fields`, `id_field`, `metadata_fields`,"
                        + " `embedding_field`");
            }
            return true;
        });
        return new ImportSchema(text, single.get("id_field"),
                metadata.isEmpty() ? null : metadata.getFirst(), single.get("embedding_field"));
    }

    private static List<String> strings(JsonIn in) throws IOException {
        return in.isNull() ? List.of() : in.strings();
    }

    /** Names and texts; numbers and booleans as they are written. */
    public static Map<String, String> parameters(String json) {
        return field("parameters", json, in -> {
            Map<String, String> values = new LinkedHashMap<>();
            in.object("a map of names and texts", name -> {
                if (!in.token().isScalarValue() || in.isNull()) {
                    throw in.wrongType("a string");
                }
                values.put(name, in.parser().getText());
                return true;
            });
            return values;
        });
    }

    public static Revert revert(JsonIn in) throws IOException {
        Map<String, @Nullable String> texts = new LinkedHashMap<>();
        boolean[] force = {false};
        in.object("struct RevertRequest", name -> {
            switch (name) {
                case "force" -> force[0] = in.bool();
                case "commit", "message", "author" -> texts.put(name, in.nullableString());
                default -> throw in.shape("unknown field `" + name
                        + "`, expected one of `commit`, `force`, `message`, `author`");
            }
            return true;
        });
        return new Revert(texts.get("commit"), force[0], texts.get("message"), texts.get("author"));
    }

    private static <T> T field(String name, String json, Json.Decoder<T> decoder) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        try {
            return Json.decode(bytes, bytes.length, decoder);
        } catch (ForebayException e) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE, "field " + name + ": " + e.getMessage());
        }
    }
}
