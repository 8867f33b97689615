package io.forebay.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay backup}: makes, looks at, verifies, deletes and restores backups. */
@Command(name = "backup",
        description = {"Makes backups of a store, running or stopped, and makes a store of a backup.",
                "Exit codes of all: 0 fine, 1 failed or damaged, 2 cannot do it."},
        subcommands = {BackupCreateCommand.class, BackupListCommand.class, BackupVerifyCommand.class,
                BackupDeleteCommand.class, BackupRestoreCommand.class})
final class BackupCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
