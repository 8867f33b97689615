package io.forebay.server.cli;

import io.forebay.model.ForebayException;
import io.forebay.server.auth.TokenFileException;
import io.forebay.server.config.Closest;
import io.forebay.server.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The root of the command line.
 *
 * <p>Failure: what a user can do something about is one line on standard error and exit code 1; a wrong
 * command line is exit code 2; anything else is a defect and shows its stack trace.
 */
@Command(name = "forebay", description = {
        "Forebay is a vector store that acknowledges batches from its log and indexes them soon after.",
        "It speaks Chroma's v2 HTTP API.", ""},
        subcommands = {RunCommand.class, DemoCommand.class,
                LoadCommand.class, ImportCommand.class,
                ExportCommand.class,
                MigrateCommand.class,
                QueryCommand.class,
                GetCommand.class,
                CollectionsCommand.class,
                LagCommand.class,
                HealthCommand.class,
                TokenCommand.class,
                BackupCommand.class,
                CheckCommand.class,
                WalCommand.class,
                RebuildCommand.class,
                SegmentCommand.class,
                DoctorCommand.class,
                ConfigCommand.class, SampleCommand.class, BenchCommand.class,
                VersionCommand.class, HelpCommand.class},
        versionProvider = VersionCommand.Provider.class,
        footer = {"", "First time here?  forebay demo",
                "A command's options:  forebay run --help"},
        mixinStandardHelpOptions = false)
public final class ForebayCommand implements Runnable {
    static final int EXIT_FAILED = 1;
    static final int EXIT_USAGE = 2;
    /** Chronicle Queue needs what later versions may forbid. */
    private static final int JDK_MAX = 25;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @CommandLine.Option(names = {"-h",
            "--help"}, usageHelp = true, scope = CommandLine.ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @CommandLine.Option(names = {"-V", "--version"}, versionHelp = true,
            description = "Prints the versions of Forebay, its API and the JDK.")
    private boolean version;

    ForebayCommand() {}

    public static int execute(String... args) {
        return commandLine().execute(args);
    }

    /** The commands, ready to parse or to run. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ForebayCommand());
        line.setExecutionExceptionHandler(ForebayCommand::failed);
        line.setParameterExceptionHandler(ForebayCommand::misused);
        line.setExecutionStrategy(ForebayCommand::checkedRun);
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int checkedRun(ParseResult parsed) {
        if (Runtime.version().feature() > JDK_MAX) {
            parsed.commandSpec().commandLine().getErr().println("forebay: JDK " + Runtime.version().feature()
                    + " is newer than what the log's library supports: use JDK " + JDK_MAX);
            return EXIT_FAILED;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (failure instanceof ForebayException || failure instanceof ConfigException
                || failure instanceof IOException || failure instanceof CommandException
                || failure instanceof TokenFileException) {
            err.println("forebay: " + failure.getMessage());
        } else {
            err.println("forebay: a defect in " + line.getCommandName() + "; please report what follows");
            failure.printStackTrace(err);
        }
        err.flush();
        return EXIT_FAILED;
    }

    private static int misused(ParameterException failure, String[] args) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("forebay: " + failure.getMessage());
        err.println(meant(failure).map(guess -> "Did you mean: " + guess + "?")
                .orElse("Try: " + line.getCommandSpec().qualifiedName() + " --help"));
        err.flush();
        return EXIT_USAGE;
    }

    /** The command or option that is most like what was not understood. */
    private static Optional<String> meant(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        String typed = unmatched.getUnmatched().getFirst();
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        Set<String> candidates = typed.startsWith("-")
                ? command.optionsMap().keySet()
                : command.subcommands().keySet();
        return Closest.to(typed, candidates).map(name -> command.qualifiedName() + " " + name);
    }
}
