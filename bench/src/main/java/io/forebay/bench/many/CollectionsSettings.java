package io.forebay.bench.many;

/**
 * What {@code bench collections} measures and how much of it.
 *
 * @param collections how many
 * @param each        records that each one gets before anything is measured
 * @param writes      of one round, on each side
 * @param batch       records of one write
 * @param clients     connections that write, and that make the collections
 * @param idleSeconds how long the CPU of the idle servers is looked at
 */
public record CollectionsSettings(int rounds, boolean warmUp, int collections, int each, int writes,
        int batch, int clients, double idleSeconds) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
