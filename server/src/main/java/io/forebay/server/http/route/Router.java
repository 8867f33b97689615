package io.forebay.server.http.route;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: a tree of path segments in which a fixed segment goes before a variable one. HEAD works
 * wherever GET does.
 *
 * <p>Threads: immutable once made.
 */
public final class Router {
    private final Node root = new Node();

    /** What a method and a path lead to. */
    public sealed interface Match {}

    public record Found(Route route, Map<String, String> variables) implements Match {}

    public record NotFound() implements Match {}

    /** @param allow the methods that this path knows, for the header of the same name */
    public record WrongMethod(String allow) implements Match {}

    private static final class Node {
        private final Map<String, Node> fixed = new HashMap<>();
        private @Nullable Node variable;
        private final Map<HttpMethod, Route> routes = new LinkedHashMap<>();
        private boolean takesRest;
    }

    public Router(List<Route> table) {
        for (Route route : table) {
            Node node = root;
            for (String segment : PathText.segments(route.template())) {
                if (segment.equals("{*}")) {
                    node.takesRest = true;
                } else if (segment.startsWith("{")) {
                    node.variable = node.variable == null ? new Node() : node.variable;
                    node = node.variable;
                } else {
                    node = node.fixed.computeIfAbsent(segment, s -> new Node());
                }
            }
            if (node.routes.put(route.method(), route) != null) {
                throw new IllegalArgumentException(route.method() + " " + route.template() + " comes twice");
            }
        }
    }

    /** @param path not decoded, without query */
    public Match match(HttpMethod method, String path) {
        List<String> segments = PathText.segments(path);
        Node node = find(root, segments, 0);
        if (node == null) {
            return new NotFound();
        }
        Route route = node.routes.get(method);
        if (route == null && method.equals(HttpMethod.HEAD)) {
            route = node.routes.get(HttpMethod.GET);
        }
        return route == null ? new WrongMethod(allow(node)) : new Found(route, variables(route, segments));
    }

    private static @Nullable Node find(Node node, List<String> segments, int at) {
        if (at == segments.size()) {
            return node.routes.isEmpty() ? null : node;
        }
        String segment = segments.get(at);
        Node fixed = node.fixed.get(segment);
        Node found = fixed == null ? null : find(fixed, segments, at + 1);
        if (found == null && node.variable != null && !segment.isEmpty()) {
            found = find(node.variable, segments, at + 1);
        }
        return found == null && node.takesRest ? node : found;
    }

    private static Map<String, String> variables(Route route, List<String> segments) {
        Map<String, String> variables = new HashMap<>();
        List<String> template = PathText.segments(route.template());
        for (int i = 0; i < template.size() && i < segments.size(); i++) {
            String name = template.get(i);
            if (name.startsWith("{") && !name.equals("{*}")) {
                variables.put(name.substring(1, name.length() - 1),
                        PathText.decode(segments.get(i), false));
            }
        }
        return variables;
    }

    private static String allow(Node node) {
        List<String> names = new ArrayList<>();
        for (HttpMethod method : node.routes.keySet()) {
            names.add(method.name());
            if (method.equals(HttpMethod.GET) && !node.routes.containsKey(HttpMethod.HEAD)) {
                names.add("HEAD");
            }
        }
        return String.join(",", names);
    }
}
