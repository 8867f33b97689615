package io.forebay.server.cli;

import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Token;
import io.forebay.server.auth.TokenFile;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code forebay token list}. */
@Command(name = "list",
        description = "Lists the tokens: their ids and what they may, never a token or its hash.")
final class TokenListCommand extends TokenTool {
    private static final String LINE = "%-20s %-6s %-24s %-24s %-21s %s";

    @Override
    public void run() {
        TokenFile file = file();
        PrintWriter out = out();
        out.println(
                String.format(Locale.ROOT, LINE, "id", "role", "tenants", "databases", "created", "expires"));
        for (Token token : file.read().values()) {
            out.println(String.format(Locale.ROOT, LINE, token.id(), token.role().text(),
                    Limits.text(token.limits().tenants()), Limits.text(token.limits().databases()),
                    token.created(), token.expires() == null ? "never" : token.expires()));
        }
        out.flush();
    }
}
