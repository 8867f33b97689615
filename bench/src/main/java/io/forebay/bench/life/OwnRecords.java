package io.forebay.bench.life;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one client knows of the ids that it alone writes: each write gives a record a higher version. A write that was not answered
 * may have happened or not; the next read says which, and from then on it stays so.
 *
 * <p>Not thread-safe: a client has its own.
 */
final class OwnRecords {
    /** The version of a record that is not there. */
    static final int NONE = 0;

    private final Map<String, Integer> certain = new HashMap<>();
    private final Map<String, Set<Integer>> possible = new HashMap<>();

    /** It was answered. */
    void acked(List<String> ids, int version) {
        for (String id : ids) {
            certain.put(id, version);
            possible.remove(id);
        }
    }

    /** It was not answered. */
    void inDoubt(List<String> ids, int version) {
        for (String id : ids) {
            Set<Integer> versions = possible.computeIfAbsent(id, key -> new HashSet<>());
            versions.add(certain.getOrDefault(id, NONE));
            versions.add(version);
        }
    }

    /** What is wrong with this answer, if anything. */
    List<String> compare(List<String> asked, Map<String, Integer> answered) {
        List<String> wrong = new ArrayList<>();
        for (String id : asked) {
            int version = answered.getOrDefault(id, NONE);
            Set<Integer> versions = possible.get(id);
            int known = certain.getOrDefault(id, NONE);
            if (versions == null ? version != known : !versions.contains(version)) {
                wrong.add(id + " has version " + version + ", must have "
                        + (versions == null ? String.valueOf(known) : "one of " + versions));
            }
            certain.put(id, version);
            possible.remove(id);
        }
        return wrong;
    }
}
