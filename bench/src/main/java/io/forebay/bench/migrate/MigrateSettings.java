package io.forebay.bench.migrate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code bench migrate}.
 *
 * @param records of the collection; more than the dataset has: further passes over it, moved a little
 * @param readers pages that are asked for at the same time
 * @param sources of {@link #SOURCES}
 * @param cpus    of {@link #CPUS}
 * @param chroma  how Chroma's own server is had: {@code npm} or a command; null for none
 */
public record MigrateSettings(int rounds, boolean warmUp, int records, int readers, List<String> sources,
        List<String> cpus, @Nullable String chroma) {
    public static final List<String> SOURCES = List.of("chroma", "forebay_http", "forebay_binary");
    public static final List<String> CPUS = List.of("shared", "apart");

    public MigrateSettings {
        sources = List.copyOf(sources);
        cpus = List.copyOf(cpus);
    }

    int firstRound() {
        return warmUp ? 0 : 1;
    }
}
