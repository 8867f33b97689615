package io.forebay.server.cli;

import io.forebay.server.config.ConfigLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the tools that look into a store's files have in common: which store, how they speak, and the exit codes. */
abstract class StoreTool implements Callable<Integer> {
    static final int EXIT_DAMAGED = 1;
    static final int EXIT_CANNOT = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Configuration file that names the store. Default: ./forebay.yaml if there is one")
    private @Nullable Path configFile;

    /** The directory that was named, else the configured one. */
    Path store(@Nullable Path named) {
        return named != null
                ? named
                : ConfigLoader
                        .load(configFile(), System.getenv(),
                                Map.of())
                        .server().path();
    }

    /** The one that was named, else the default one; null when that is not there. */
    @Nullable
    Path configFile() {
        return configFile == null ? RunCommand.defaultFile() : configFile;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    void error(@Nullable String message) {
        PrintWriter err = err();
        err.println("forebay: " + message);
        err.flush();
    }

    int cannot(@Nullable String message) {
        error(message);
        return EXIT_CANNOT;
    }
}
