package io.forebay.server.cli;

import io.forebay.server.config.SampleFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay config}. */
@Command(name = "config", description = "Prints a configuration file with every key and its default.")
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().print(SampleFile.text());
        spec.commandLine().getOut().flush();
    }
}
