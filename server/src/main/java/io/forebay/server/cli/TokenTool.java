package io.forebay.server.cli;

import io.forebay.server.auth.TokenFile;
import io.forebay.server.config.ConfigLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands for tokens have in common: which file. */
abstract class TokenTool implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--file", paramLabel = "FILE",
            description = "File of the tokens. Default: the configured auth.tokens_file")
    private @Nullable Path file;

    @Option(names = "--path", paramLabel = "DIR",
            description = "Directory of the store, where the file is unless it is configured elsewhere")
    private @Nullable String store;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Configuration file. Default: ./forebay.yaml if there is one")
    private @Nullable Path configFile;

    TokenFile file() {
        if (file != null) {
            return new TokenFile(file);
        }
        Map<String, String> flags = store == null ? Map.of() : Map.of("server.path", store);
        return new TokenFile(ConfigLoader
                .load(configFile == null ? RunCommand.defaultFile() : configFile, System.getenv(), flags)
                .auth().tokensFile());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
