package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as the server tells it, kept as it came and read by dotted names, so that the command shows what it knows of and
 * passes the rest on. Immutable.
 *
 * @param json one line
 */
record JobView(String json, Map<String, String> values) {
    private static final JsonFactory JSON = new JsonFactory();

    /** @throws IOException when it is no JSON object */
    static JobView of(String json) throws IOException {
        try (JsonParser in = JSON.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the server's answer is not a JSON object");
            }
            Map<String, String> values = new HashMap<>();
            object(in, "", values);
            return new JobView(json.strip(), values);
        }
    }

    /** The objects of an array in an answer, each as its own JSON. */
    static List<JobView> array(String json, String field) throws IOException {
        List<JobView> found = new ArrayList<>();
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = in.currentName().equals(field);
                if (in.nextToken() == JsonToken.START_ARRAY && wanted) {
                    while (in.nextToken() == JsonToken.START_OBJECT) {
                        found.add(of(copy(in)));
                    }
                } else {
                    in.skipChildren();
                }
            }
        }
        return found;
    }

    /** The texts of an array inside of an object of an answer. */
    static List<String> texts(String json, String object, String array) throws IOException {
        List<String> found = new ArrayList<>();
        try (JsonParser in = JSON.createParser(json)) {
            String inside = "";
            boolean wanted = false;
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                switch (token) {
                    case START_OBJECT -> inside = in.currentName() == null ? "" : in.currentName();
                    case END_OBJECT -> inside = "";
                    case START_ARRAY -> wanted = inside.equals(object) && array.equals(in.currentName());
                    case END_ARRAY -> wanted = false;
                    case VALUE_STRING -> {
                        if (wanted) {
                            found.add(in.getText());
                        }
                    }
                    default -> {
                    }
                }
            }
        }
        return found;
    }

    private static String copy(JsonParser in) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.copyCurrentStructureExact(in);
        }
        return text.toString();
    }

    private static void object(JsonParser in, String prefix, Map<String, String> values) throws IOException {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + in.currentName();
            JsonToken token = in.nextToken();
            if (token == JsonToken.START_OBJECT) {
                object(in, name + ".", values);
            } else if (token == JsonToken.START_ARRAY) {
                in.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                values.put(name, in.getText());
            }
        }
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** -1 where it is null or missing. */
    double number(String name) {
        String value = values.get(name);
        return value == null ? -1 : Double.parseDouble(value);
    }

    /** -1 where it is null or missing. */
    long count(String name) {
        return (long) number(name);
    }

    String id() {
        return text("job_id", "?");
    }

    String status() {
        return text("status", "?");
    }

    boolean isOver() {
        return switch (status()) {
            case "completed", "failed", "cancelled" -> true;
            default -> false;
        };
    }

    /** Records that the job wrote, which is how many become searchable. */
    long loaded() {
        return Math.max(0, count("result.documents_inserted"))
                + Math.max(0, count("result.documents_updated"));
    }

    /** Over, and nothing is waited for any more. */
    boolean isSearchable() {
        return isOver() && (!status().equals("completed") || count("progress.indexed") >= loaded());
    }
}
