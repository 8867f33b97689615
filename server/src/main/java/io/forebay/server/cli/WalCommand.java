package io.forebay.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay wal}: looks into a log, and mends one. */
@Command(name = "wal",
        description = {"Looks into the log of a store, running or stopped; mends a damaged one.",
                "Exit codes of all: 0 fine, 1 damage found, 2 cannot do it."},
        subcommands = {WalStatCommand.class, WalDumpCommand.class, WalVerifyCommand.class,
                WalTailCommand.class,
                WalSalvageCommand.class})
final class WalCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
