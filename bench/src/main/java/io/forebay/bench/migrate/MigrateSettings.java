package io.forebay.bench.migrate;

import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code bench migrate}.
 *
 * @param records of the collection; more than the dataset has: further passes over it, moved a little
 * @param readers pages that are asked for at the same time
 * @param chroma  how Chroma's own server is had: {@code npm} or a command; null for none
 */
public record MigrateSettings(int rounds, boolean warmUp, int records, int readers, @Nullable String chroma) {
    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
