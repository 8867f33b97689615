package io.forebay.server.cli;

import io.forebay.server.auth.TokenFile;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code forebay token revoke}. */
@Command(name = "revoke", description = "Removes tokens; a running server refuses them within a second.")
final class TokenRevokeCommand extends TokenTool {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "As forebay token list shows it")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private List<String> ids;

    @Override
    public void run() {
        TokenFile file = file();
        file.remove(Set.copyOf(ids));
        err().println("revoked: " + String.join(", ", ids));
        err().flush();
    }
}
