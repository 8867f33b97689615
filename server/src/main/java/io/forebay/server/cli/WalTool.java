package io.forebay.server.cli;

import io.forebay.server.config.ConfigLoader;
import io.forebay.wal.WalException;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What the tools for the log have in common: which log, and the exit codes.
 *
 * <p>Failure: what the log's module refuses is one line on standard error and exit code 2.
 */
abstract class WalTool implements Callable<Integer> {
    static final int EXIT_DAMAGED = 1;
    static final int EXIT_CANNOT = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR",
            description = "Directory of the store, or of its log. Default: the configured server.path")
    private @Nullable Path directory;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Configuration file that names the store. Default: ./forebay.yaml if there is one")
    private @Nullable Path configFile;

    /** What the tool does with the log in this directory; returns the exit code. */
    abstract int run(Path log, PrintWriter out) throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path store = directory == null ? configured() : directory;
        try {
            return run(WalTools.logDirectory(store), out);
        } catch (WalException refused) {
            error(refused.getMessage());
            return EXIT_CANNOT;
        } finally {
            out.flush();
        }
    }

    private Path configured() {
        return ConfigLoader.load(configFile == null ? RunCommand.defaultFile() : configFile, System.getenv(),
                Map.of()).server().path();
    }

    void error(@Nullable String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("forebay: " + message);
        err.flush();
    }

    /** Says what does not check; returns the exit code. */
    static int damages(WalScan scan, PrintWriter out) {
        scan.damages().forEach(damage -> out.println("damage: " + damage));
        scan.skipped().forEach(number -> out.println("skipped: extent " + number
                + " was purged by the store before it was read"));
        return scan.fine() ? 0 : EXIT_DAMAGED;
    }
}
