package io.forebay.bench.http;

import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code bench filter}.
 *
 * @param records  of the collection that queries with filters are asked of
 * @param requests of each kind in one round
 * @param words    that documents are asked for
 * @param chroma   how Chroma's own server is had: {@code npm}, {@code none}, or a command
 */
public record FilterSettings(int rounds, boolean warmUp, int records, int requests, int words, int k,
        int efSearch, @Nullable String chroma) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
