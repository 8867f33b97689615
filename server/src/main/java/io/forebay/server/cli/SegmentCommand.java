package io.forebay.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay segment}: looks at the vectors and graphs of a stopped store. */
@Command(name = "segment",
        description = {"Looks at the vectors and graphs of a stopped store, as of its last checkpoint.",
                "Exit codes of all: 0 fine, 1 damage found, 2 cannot do it."},
        subcommands = {SegmentStatCommand.class, SegmentCheckCommand.class, SegmentRebuildCommand.class})
final class SegmentCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
