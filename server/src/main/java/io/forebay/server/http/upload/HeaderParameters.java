package io.forebay.server.http.upload;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The parameters of a header's value: {@code form-data; name="a"; filename="b c"}. */
final class HeaderParameters {
    private final String text;
    private int at;

    private HeaderParameters(String text) {
        this.text = text;
    }

    /**
     * By lower-case name; the word before the first semicolon is not among them.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static Map<String, String> of(String value) {
        Map<String, String> found = new HashMap<>();
        int first = value.indexOf(';');
        if (first < 0) {
            return found;
        }
        HeaderParameters in = new HeaderParameters(value);
        in.at = first;
        while (in.at < value.length()) {
            in.at++;
            String name = in.until("=;").strip().toLowerCase(Locale.ROOT);
            if (in.at < value.length() && value.charAt(in.at) == '=') {
                in.at++;
                String said = in.value();
                if (found.put(name, said) != null) {
                    throw new IllegalArgumentException("it says " + name + " twice");
                }
            }
        }
        return found;
    }

    private String until(String ends) {
        int from = at;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    private String value() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length() || text.charAt(at) != '"') {
            return until(";").strip();
        }
        at++;
        StringBuilder said = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            // Only these two are escaped; some send paths with single backslashes.
            if (c == '\\' && at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\\')) {
                c = text.charAt(at++);
            }
            said.append(c);
        }
        if (at == text.length()) {
            throw new IllegalArgumentException("a quotation mark is missing");
        }
        at++;
        until(";");
        return said.toString();
    }
}
