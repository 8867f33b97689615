package io.forebay.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An OpenAPI document, and values held against its schemas: as much of JSON Schema as the document uses, and one rule
 * more, for answers: an object has no field that its schema does not name.
 */
final class ApiDocument {
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch", "head",
            "options");

    final Map<String, Object> root;

    ApiDocument(String json) {
        root = TestJson.object(json);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    static List<?> list(Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    /** One operation with the parameters of its path. */
    record Operation(String method, String path, Map<String, Object> said) {
        String id() {
            return (String) said.get("operationId");
        }
    }

    List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        map(root.get("paths")).forEach((path, item) -> map(item).forEach((method, said) -> {
            if (!METHODS.contains(method)) {
                throw new IllegalArgumentException(path + " has a " + method);
            }
            all.add(new Operation(method, path, map(said)));
        }));
        return all;
    }

    Operation operation(String id) {
        return operations().stream().filter(one -> id.equals(one.id())).findFirst().orElseThrow();
    }

    /** What a reference leads to; anything else itself. */
    Map<String, Object> resolved(Object value) {
        Map<String, Object> found = map(value);
        while (found.get("$ref") instanceof String reference) {
            Object at = root;
            for (String step : reference.substring(2).split("/")) {
                at = map(at).get(step);
            }
            if (at == null) {
                throw new IllegalArgumentException(reference + " leads nowhere");
            }
            found = map(at);
        }
        return found;
    }

    Map<String, Object> response(Operation operation, int status) {
        Object response = map(operation.said().get("responses")).get(Integer.toString(status));
        return response == null ? null : resolved(response);
    }

    /** Null when there is no content of this type. */
    Object schemaOf(Object content, String type) {
        return map(map(content).get(type)).get("schema");
    }

    /** What about the value does not fit; empty when all does. */
    List<String> problems(Object schema, Object value, boolean answer) {
        List<String> found = new ArrayList<>();
        check(schema, value, "", answer, found);
        return found;
    }

    private void check(Object given, Object value, String at, boolean answer, List<String> found) {
        if (given instanceof Boolean allowed) {
            if (!allowed) {
                found.add(at + ": not allowed");
            }
            return;
        }
        Map<String, Object> schema = resolved(given);
        if (schema.containsKey("type") && !isOfType(schema.get("type"), value)) {
            found.add(at + ": " + value + " is not " + schema.get("type"));
            return;
        }
        if (schema.containsKey("const") && !Objects.equals(schema.get("const"), value)) {
            found.add(at + ": " + value + " is not " + schema.get("const"));
        }
        if (schema.containsKey("enum") && !list(schema.get("enum")).contains(value)) {
            found.add(at + ": " + value + " is none of " + schema.get("enum"));
        }
        variants(schema, value, at, answer, found);
        switch (value) {
            case Map<?, ?> object -> object(schema, map(object), at, answer, found);
            case List<?> array -> array(schema, array, at, answer, found);
            case Number number -> number(schema, number, at, found);
            case String text -> text(schema, text, at, found);
            case null, default -> {
            }
        }
    }

    private void variants(Map<String, Object> schema, Object value, String at, boolean answer,
            List<String> found) {
        for (String kind : List.of("oneOf", "anyOf")) {
            if (schema.containsKey(kind)) {
                List<List<String>> each = list(schema.get(kind)).stream()
                        .map(one -> problems(one, value, answer)).toList();
                long fit = each.stream().filter(List::isEmpty).count();
                if (fit == 0 || kind.equals("oneOf") && fit > 1) {
                    found.add(at + ": " + fit + " of " + kind + " fit " + value + " " + each);
                }
            }
        }
    }

    private void object(Map<String, Object> schema, Map<String, Object> object, String at, boolean answer,
            List<String> found) {
        for (Object required : list(schema.get("required"))) {
            if (!object.containsKey(required)) {
                found.add(at + ": " + required + " is missing");
            }
        }
        bounds(schema, "Properties", object.size(), at, found);
        Map<String, Object> properties = map(schema.get("properties"));
        boolean isOpen = schema.containsKey("oneOf") || schema.containsKey("anyOf");
        object.forEach((name, value) -> {
            String place = at + "/" + name;
            if (properties.containsKey(name)) {
                check(properties.get(name), value, place, answer, found);
            } else if (schema.containsKey("additionalProperties")) {
                check(schema.get("additionalProperties"), value, place, answer, found);
            } else if (answer && !isOpen) {
                found.add(place + ": the document does not know it");
            }
        });
    }

    private void array(Map<String, Object> schema, List<?> array, String at, boolean answer,
            List<String> found) {
        bounds(schema, "Items", array.size(), at, found);
        if (schema.containsKey("items")) {
            for (int i = 0; i < array.size(); i++) {
                check(schema.get("items"), array.get(i), at + "/" + i, answer, found);
            }
        }
    }

    private static void number(Map<String, Object> schema, Number number, String at, List<String> found) {
        if (schema.get("minimum") instanceof Number least && number.doubleValue() < least.doubleValue()
                || schema.get("maximum") instanceof Number most
                        && number.doubleValue() > most.doubleValue()) {
            found.add(at + ": " + number + " is out of range");
        }
    }

    private static void text(Map<String, Object> schema, String text, String at, List<String> found) {
        bounds(schema, "Length", text.length(), at, found);
        if (schema.get("pattern") instanceof String pattern
                && !Pattern.compile(pattern).matcher(text).find()) {
            found.add(at + ": " + text + " does not match " + pattern);
        }
        if ("uuid".equals(schema.get("format"))
                && !text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
            found.add(at + ": " + text + " is no UUID");
        }
    }

    private static void bounds(Map<String, Object> schema, String what, int size, String at,
            List<String> found) {
        if (schema.get("min" + what) instanceof Long least && size < least
                || schema.get("max" + what) instanceof Long most && size > most) {
            found.add(at + ": has " + size + " " + what);
        }
    }

    private static boolean isOfType(Object type, Object value) {
        if (type instanceof List<?> any) {
            return any.stream().anyMatch(one -> isOfType(one, value));
        }
        return switch ((String) type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Long;
            case "number" -> value instanceof Number;
            case "null" -> value == null;
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    /** Everything in the document, each thing with the place that it stands at. */
    Map<String, Map<String, Object>> everything() {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        collect(root, "", all);
        return all;
    }

    private static void collect(Object value, String at, Map<String, Map<String, Object>> all) {
        if (value instanceof Map<?, ?> object) {
            all.put(at, map(object));
            map(object).forEach((name, inner) -> collect(inner, at + "/" + name, all));
        } else if (value instanceof List<?> array) {
            for (int i = 0; i < array.size(); i++) {
                collect(array.get(i), at + "/" + i, all);
            }
        }
    }
}
