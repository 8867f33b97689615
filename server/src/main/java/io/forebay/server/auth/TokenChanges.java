package io.forebay.server.auth;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Hears what is new in the file of the tokens. */
@FunctionalInterface
public interface TokenChanges {
    /**
     * @param change added, removed or changed
     * @param ids    of those tokens, not empty
     */
    void changed(String change, Collection<String> ids);

    /** Compares two states of the file. */
    default void tell(Map<String, Token> before, Map<String, Token> after) {
        Set<String> added = new TreeSet<>(after.keySet());
        added.removeAll(before.keySet());
        Set<String> removed = new TreeSet<>(before.keySet());
        removed.removeAll(after.keySet());
        Set<String> changed = new TreeSet<>();
        after.forEach((id, token) -> {
            Token was = before.get(id);
            if (was != null && !was.equals(token)) {
                changed.add(id);
            }
        });
        Map.of("added", added, "removed", removed, "changed", changed).forEach((what, ids) -> {
            if (!ids.isEmpty()) {
                changed(what, ids);
            }
        });
    }
}
