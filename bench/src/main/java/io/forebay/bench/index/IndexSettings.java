package io.forebay.bench.index;

import io.forebay.index.vector.IndexEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is measured and how much of it.
 *
 * @param engine        the engine of the segment that is measured
 * @param rounds        repetitions that count
 * @param warmUp        whether one that does not count goes before them, as round 0
 * @param rows          of every set
 * @param queries       of every set, at most
 * @param slice         ordinals of one call of {@code link}
 * @param searchSeconds CPU time of one point of a sweep, at least
 * @param cpp           folder with the headers of C++ hnswlib; null = without it
 */
public record IndexSettings(Set<IndexPart> parts, List<SetKind> sets, IndexEngine engine, int rounds,
        boolean warmUp, int rows, int queries, int slice, double searchSeconds, @Nullable Path cpp) {

    /** Neighbours of a node, and the width of the search for them: the figures are of these. */
    static final int M = 16;
    static final int EF_CONSTRUCTION = 100;

    int firstRound() {
        return warmUp ? 0 : 1;
    }

    /** The name of the engine in figures. */
    String side() {
        return engine.name().toLowerCase(Locale.ROOT);
    }
}
