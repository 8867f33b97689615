package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import picocli.CommandLine.Option;

/** How often a benchmark repeats what it measures, and whether a repetition that does not count goes first. */
final class RoundsOption {
    @Option(names = "--rounds", paramLabel = "N",
            description = "Repetitions, behind one that does not count.")
    private int rounds;

    @Option(names = "--no-warm-up", description = "Without the repetition that does not count.")
    private boolean noWarmUp;

    RoundsOption(int rounds) {
        this.rounds = rounds;
    }

    /** Checked. */
    int count() {
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        return rounds;
    }

    boolean warmUp() {
        return !noWarmUp;
    }
}
