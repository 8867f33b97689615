package io.forebay.bench.run;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where Chroma's own server comes from, for the benchmarks that measure it beside ours. */
final class ChromaOption {
    @Option(names = "--chroma", paramLabel = "HOW", description = {
            "Where Chroma's own server comes from: npm (installed into a directory that goes again),",
            "none, or a command that is there already, such as /usr/local/bin/chroma."})
    private String chroma = "npm";

    /** {@code npm} or a command; null for none. */
    @Nullable
    String how() {
        return chroma.equals("none") ? null : chroma;
    }
}
