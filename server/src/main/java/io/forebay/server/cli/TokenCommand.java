package io.forebay.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code forebay token}: makes and revokes the tokens that a server asks for. */
@Command(name = "token",
        description = {
                "Makes, lists and revokes tokens. They are in a file, of which a server takes every change"
                        + " within a second; one that was started without the file takes it at its next start."},
        subcommands = {TokenCreateCommand.class, TokenListCommand.class, TokenRevokeCommand.class})
final class TokenCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
