package io.forebay.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON texts after the schemas of the API's document: right most of the time, and odd here and there. */
final class FuzzBodies {
    private static final int DEPTH_MAX = 7;
    private static final int DIMENSION = 3;
    private static final List<String> ODD = List.of("null", "true", "0", "-1", "-0.0", "1.5", "1e40", "1e400",
            "1e-400", "01", "+1", "NaN", "-", ".5", "5.", "1e", "99999999999999999999", "4294967296",
            "9223372036854775808", "\"\"", "\"x", "'x'", "\"\\ud800\"", "\"\\u0000\"", "\"\\x\"", "[", "]",
            "{", "}",
            "[]", "{}", "[[]]", "[[[]]]", "{\"\":{}}", "\"AAAA\"", "\"AACAPwAAAEA=\"", "\"====\"", ",", ":",
            "",
            "{\"$and\":[]}", "{\"$not\":{}}", "{\"$regex\":\"(\"}", "{\"$regex\":\"((a*)*)*b\"}",
            "{\"$in\":[1,\"a\"]}",
            "\"\\ud83d\\ude00\"", "{\"#type\":\"sparse_vector\",\"indices\":[1,1],\"values\":[0]}", "tru",
            "nulll");
    private static final List<String> TEXTS = List.of("a", "b", "c", "d", "", " ", "x y", "ü",
            "\\ud83d\\ude00",
            "\\u0000", "#document", "$and", "chroma:x", "%", "a\\nb", "0", "fuzz", "fuzz-one", "a..b",
            "1.2.3.4",
            "AACAPwAAAEAAAEBA", "(a|b)+", "\\\\d{1,3}");
    private static final List<String> NUMBERS = List.of("0", "1", "2", "3", "5", "10", "-1", "0.5", "-2.25",
            "1e3",
            "1e-3", "100", "3.4e38", "4294967295", "2147483648", "9007199254740993", "1e308");

    private final ApiDocument document;
    private final Random random;
    private final int oddness;

    /** @param oddness one value in so many is odd; 0 for none */
    FuzzBodies(ApiDocument document, Random random, int oddness) {
        this.document = document;
        this.random = random;
        this.oddness = oddness;
    }

    String of(Object schema) {
        StringBuilder out = new StringBuilder();
        value(schema, 0, out);
        return out.toString();
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private String any(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }

    private void value(Object given, int depth, StringBuilder out) {
        if (oddness > 0 && once(oddness)) {
            out.append(any(ODD));
            return;
        }
        Map<String, Object> schema = given instanceof Boolean ? Map.of() : document.resolved(given);
        for (String kind : List.of("oneOf", "anyOf")) {
            if (schema.containsKey(kind)) {
                List<?> variants = ApiDocument.list(schema.get(kind));
                value(variants.get(random.nextInt(variants.size())), depth, out);
                return;
            }
        }
        if (schema.containsKey("enum")) {
            List<?> values = ApiDocument.list(schema.get("enum"));
            out.append('"').append(values.get(random.nextInt(values.size()))).append('"');
        } else if (schema.get("const") instanceof String text) {
            out.append('"').append(text).append('"');
        } else {
            ofType(type(schema), schema, depth, out);
        }
    }

    private String type(Map<String, Object> schema) {
        Object type = schema.getOrDefault("type", schema.containsKey("properties") ? "object" : "string");
        return type instanceof List<?> any
                ? (String) any.get(random.nextInt(any.size()))
                : (String) type;
    }

    private void ofType(String type, Map<String, Object> schema, int depth, StringBuilder out) {
        switch (type) {
            case "object" -> object(schema, depth, out);
            case "array" -> array(schema, depth, out);
            case "integer" -> out.append(random.nextInt(12));
            case "number" -> out.append(any(NUMBERS));
            case "boolean" -> out.append(random.nextBoolean());
            case "null" -> out.append("null");
            default -> out.append('"').append(any(TEXTS)).append('"');
        }
    }

    private void array(Map<String, Object> schema, int depth, StringBuilder out) {
        Object items = schema.get("items");
        boolean numbers = "number".equals(document.resolved(items).get("type"));
        int size = depth > DEPTH_MAX ? 0 : numbers && !once(8) ? DIMENSION : random.nextInt(4);
        out.append('[');
        for (int i = 0; i < size; i++) {
            out.append(i == 0 ? "" : ",");
            value(items, depth + 1, out);
        }
        out.append(']');
    }

    private void object(Map<String, Object> schema, int depth, StringBuilder out) {
        Map<String, Object> properties = ApiDocument.map(schema.get("properties"));
        List<?> required = ApiDocument.list(schema.get("required"));
        boolean single = Long.valueOf(1).equals(schema.get("maxProperties"));
        List<String> names = new ArrayList<>();
        properties.keySet().stream()
                .filter(name -> !single && (required.contains(name) || depth <= DEPTH_MAX && once(3)))
                .forEach(names::add);
        boolean open = schema.get("additionalProperties") != null
                && !Boolean.FALSE.equals(schema.get("additionalProperties"));
        if (single && !properties.isEmpty() && (!open || random.nextBoolean())) {
            names.add(List.copyOf(properties.keySet()).get(random.nextInt(properties.size())));
        } else if (open && depth <= DEPTH_MAX) {
            names.add(any(TEXTS));
        }
        if (oddness > 0 && once(oddness) && !names.isEmpty()) {
            names.add(names.getFirst());
        }
        out.append('{');
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? "\"" : ",\"").append(names.get(i)).append("\":");
            Object inner = properties.getOrDefault(names.get(i), schema.get("additionalProperties"));
            value(inner == null || inner instanceof Boolean ? Map.of("type", "string") : inner, depth + 1,
                    out);
        }
        out.append('}');
    }
}
