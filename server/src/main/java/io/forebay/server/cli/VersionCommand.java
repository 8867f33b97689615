package io.forebay.server.cli;

import io.forebay.server.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay version}. */
@Command(name = "version", description = "Prints the versions of Forebay, its API and the JDK.")
final class VersionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(line());
    }

    /** For {@code forebay --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{line()};
        }
    }

    static String line() {
        return "Forebay " + Version.text() + " (Chroma API v2, JDK " + Runtime.version() + ")";
    }
}
