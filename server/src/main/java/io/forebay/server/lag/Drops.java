package io.forebay.server.lag;

import io.forebay.model.CollectionInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The collections that were dropped last, for those who were told of them before.
 *
 * <p>Threads: any; holds its own lock.
 */
final class Drops {
    private static final int MAX = 10_000;

    private record Drop(int second, CollectionInfo collection) {}

    private final ArrayDeque<Drop> newest = new ArrayDeque<>();
    private int lostSecond = -1;

    synchronized void add(int second, List<CollectionInfo> dropped) {
        dropped.forEach(collection -> newest.addLast(new Drop(second, collection)));
        while (!newest.isEmpty()
                && (newest.size() > MAX || newest.getFirst().second <= second - LagHistory.FINE_SECONDS)) {
            lostSecond = newest.removeFirst().second;
        }
    }

    /** Between these seconds, the first not included; null when some are forgotten. */
    synchronized @Nullable List<CollectionInfo> between(int after, int to) {
        if (lostSecond > after) {
            return null;
        }
        List<CollectionInfo> found = new ArrayList<>();
        for (Drop drop : newest) {
            if (drop.second > after && drop.second <= to) {
                found.add(drop.collection);
            }
        }
        return found;
    }
}
