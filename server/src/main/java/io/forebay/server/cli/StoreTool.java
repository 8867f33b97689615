package io.forebay.server.cli;

import io.forebay.server.config.ConfigLoader;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the tools that look into a store's files have in common: which store. */
abstract class StoreTool extends Tool {
    static final int EXIT_DAMAGED = EXIT_FAILED;

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
}
