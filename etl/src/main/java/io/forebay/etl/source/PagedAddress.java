package io.forebay.etl.source;

import io.forebay.model.ForebayException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts parameters into the address of a paged interface, and environment variables into its headers. */
final class PagedAddress {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z0-9_]+)\\}");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)\\}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]*");

    private PagedAddress() {}

    /** @throws ForebayException INVALID_ARGUMENT where parameters and placeholders are not the same */
    static String of(String api, String template, Map<String, String> parameters) {
        Set<String> known = new TreeSet<>();
        PARAMETER.matcher(template).results().forEach(found -> known.add(found.group(1)));
        if (!known.equals(parameters.keySet())) {
            throw ForebayException.invalid("The interface [" + api + "] takes "
                    + (known.isEmpty() ? "no parameters" : "the parameters " + known) + ", not "
                    + new TreeSet<>(parameters.keySet()) + ".");
        }
        parameters.forEach((name, value) -> {
            if (value.isBlank() || value.equals(".") || value.equals("..")) {
                throw ForebayException.invalid("The parameter [" + name + "] of [" + api
                        + "] has no value that can stand in an address: [" + value + "].");
            }
        });
        return PARAMETER.matcher(template)
                .replaceAll(found -> Matcher
                        .quoteReplacement(encoded(parameters.getOrDefault(found.group(1), ""))));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @throws ForebayException INVALID_ARGUMENT where a variable is not set */
    static Map<String, String> headers(String api, Map<String, String> templates,
            Map<String, String> environment) {
        Map<String, String> headers = new LinkedHashMap<>();
        templates.forEach((name, template) -> {
            String value = VARIABLE.matcher(template).replaceAll(found -> {
                String variable = environment.get(found.group(1));
                if (variable == null) {
                    throw ForebayException.invalid("The environment variable " + found.group(1)
                            + ", which the interface [" + api + "] names in its headers, is not set.");
                }
                return Matcher.quoteReplacement(variable.strip());
            });
            if (!HEADER_VALUE.matcher(value).matches()) {
                throw ForebayException.invalid("The header [" + name + "] of the interface [" + api
                        + "] has characters that a header cannot have.");
            }
            headers.put(name, value);
        });
        return headers;
    }
}
