package io.forebay.bench.page;

import java.util.Locale;

/** Writes HTML and SVG: elements as given, everything else escaped. */
final class Markup {
    private final StringBuilder out = new StringBuilder();

    /** As it is; for literals of this program only. */
    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    Markup text(Object value) {
        out.append(escaped(String.valueOf(value)));
        return this;
    }

    /** An element with nothing but text. */
    Markup element(String name, Object text) {
        return raw("<" + name + ">").text(text).raw("</" + name + ">");
    }

    /** The start of an element; names and values in turns. */
    Markup open(String name, Object... attributes) {
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            String shown = value instanceof Double number
                    ? String.format(Locale.ROOT, "%.1f", number)
                    : String.valueOf(value);
            out.append(' ').append(attributes[i]).append("=\"").append(escaped(shown)).append('"');
        }
        out.append('>');
        return this;
    }

    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
            }
        }
        return safe.toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
