package io.forebay.bench;

import io.forebay.bench.run.ApplyCommand;
import io.forebay.bench.run.BackupCommand;
import io.forebay.bench.run.BenchException;
import io.forebay.bench.run.CollectionsCommand;
import io.forebay.bench.run.ConnectionsCommand;
import io.forebay.bench.run.FairnessCommand;
import io.forebay.bench.run.FilterCommand;
import io.forebay.bench.run.HttpCommand;
import io.forebay.bench.run.ImportCommand;
import io.forebay.bench.run.IndexCommand;
import io.forebay.bench.run.IngestCommand;
import io.forebay.bench.run.JmhCommand;
import io.forebay.bench.run.MigrateCommand;
import io.forebay.bench.run.ParallelUploadCommand;
import io.forebay.bench.run.PeersCommand;
import io.forebay.bench.run.QueryCommand;
import io.forebay.bench.run.ReportCommand;
import io.forebay.bench.run.RestartCommand;
import io.forebay.bench.run.SoakCommand;
import io.forebay.bench.run.ViewersCommand;
import io.forebay.bench.run.WalCommand;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./forebay bench}: each command is one benchmark, prints a table and writes a JSON result. */
@Command(name = "bench", mixinStandardHelpOptions = true, subcommands = {IngestCommand.class,
        ConnectionsCommand.class, ParallelUploadCommand.class, FairnessCommand.class,
        CollectionsCommand.class,
        ApplyCommand.class, QueryCommand.class, HttpCommand.class, FilterCommand.class, WalCommand.class,
        IndexCommand.class, RestartCommand.class, SoakCommand.class, PeersCommand.class,
        ImportCommand.class,
        MigrateCommand.class,
        ViewersCommand.class,
        BackupCommand.class,
        ReportCommand.class,
        JmhCommand.class},
        description = "Measures this build on this machine; see bench/README.md.")
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The commands, ready to parse or to run. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (!isForPeople(failure)) {
                throw failure;
            }
            command.getErr().println("forebay bench: " + message(failure));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line;
    }

    private static String message(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        return failure instanceof NoSuchFileException ? "no such file or folder: " + text : text;
    }

    private static boolean isForPeople(Exception failure) {
        return failure instanceof BenchException || failure instanceof ForebayException
                || failure instanceof IOException;
    }
}
