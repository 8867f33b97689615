package io.forebay.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of positions of the source, as ranges that neither overlap nor touch. Not thread-safe. */
final class PositionSet {
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    PositionSet() {}

    PositionSet(List<PositionRange> ranges) {
        ranges.forEach(range -> add(range.from(), range.to()));
    }

    void add(long from, long to) {
        if (from >= to) {
            return;
        }
        long start = from;
        long end = to;
        Map.Entry<Long, Long> before = ends.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        for (Map.Entry<Long, Long> next = ends.higherEntry(start); next != null
                && next.getKey() <= end; next = ends.higherEntry(start)) {
            end = Math.max(end, next.getValue());
            ends.remove(next.getKey());
        }
        ends.put(start, end);
    }

    boolean contains(long position) {
        Map.Entry<Long, Long> range = ends.floorEntry(position);
        return range != null && position < range.getValue();
    }

    /** Where the next range after this position begins; the largest number when there is none. */
    long nextFrom(long position) {
        Long next = ends.higherKey(position);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** The first position, from this one on, that is not in the set. */
    long endOfRun(long from) {
        Map.Entry<Long, Long> range = ends.floorEntry(from);
        return range != null && from < range.getValue() ? range.getValue() : from;
    }

    long size() {
        return ends.entrySet().stream().mapToLong(range -> range.getValue() - range.getKey()).sum();
    }

    List<PositionRange> ranges() {
        List<PositionRange> all = new ArrayList<>(ends.size());
        ends.forEach((from, to) -> all.add(new PositionRange(from, to)));
        return all;
    }
}
