package io.forebay.bench.many;

import java.util.List;

/**
 * What {@code bench fairness} measures and how much of it.
 *
 * @param backlog     records that are acked and not yet linked when the small collections begin
 * @param backlogged  how many collections share it, one measurement for each number
 * @param small       records of one small collection
 * @param idle        small collections on the idle server
 * @param clients     that make the backlog
 */
public record FairnessSettings(int rounds, boolean warmUp, long backlog, List<Integer> backlogged, int small,
        int idle, int clients, int batch) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
