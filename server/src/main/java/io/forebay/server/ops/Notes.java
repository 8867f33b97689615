package io.forebay.server.ops;

import io.forebay.server.logging.SafeText;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a handler says about its request for the logs: which collection, how many records. Never what is in them.
 *
 * <p>Threads: written by the handler before it hands its work on, read when the answer is sent.
 */
public final class Notes {
    private static final int LENGTH_MAX = 512;

    private volatile Map<String, Object> notes = Map.of();

    /** Numbers stay numbers; a text is cut at 512 characters. */
    public void put(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(notes);
        more.put(name, value instanceof Number || value instanceof Boolean ? value : cut(value.toString()));
        notes = more;
    }

    /** In the order in which they were put. */
    public Map<String, Object> all() {
        return notes;
    }

    static String cut(String text) {
        String cut = text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
        return SafeText.wellFormed(cut); // the cut may have split a pair, and what came may not have been whole
    }
}
