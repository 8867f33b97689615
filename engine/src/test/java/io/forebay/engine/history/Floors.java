package io.forebay.engine.history;

import java.util.Map;
import java.util.TreeMap;

/** The highest position that was known at a time. Add in any order, then ask. */
final class Floors {
    private final TreeMap<Long, Long> added = new TreeMap<>();
    private TreeMap<Long, Long> highest = new TreeMap<>();
    private boolean stale;

    void add(long time, long position) {
        added.merge(time, position, Math::max);
        stale = true;
    }

    /** Nothing is under way: only the highest matters from now on. */
    void rest() {
        long max = before(Long.MAX_VALUE);
        added.clear();
        add(Long.MIN_VALUE, max);
    }

    /** 0 when nothing was known before. */
    long before(long time) {
        if (stale) {
            highest = new TreeMap<>();
            long max = 0;
            for (Map.Entry<Long, Long> one : added.entrySet()) {
                max = Math.max(max, one.getValue());
                highest.put(one.getKey(), max);
            }
            stale = false;
        }
        Map.Entry<Long, Long> last = highest.lowerEntry(time);
        return last == null ? 0 : last.getValue();
    }
}
