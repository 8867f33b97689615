package io.forebay.bench.http;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code bench http}.
 *
 * @param codecMillis CPU time of one measurement of a codec, at least
 * @param queries     at most so many of the dataset's
 * @param clients     connections of the second rate
 * @param seconds     of one rate
 * @param batches     sizes of batches
 * @param addRecords  records of one load
 * @param chroma      how Chroma's own server is had: {@code npm}, {@code none}, or a command
 */
public record HttpSettings(Set<HttpPart> parts, int rounds, boolean warmUp, int codecMillis, int queries,
        int clients, double seconds, int k, int efSearch, List<Integer> batches, int addRecords,
        @Nullable String chroma) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
