package io.forebay.server.cli;

import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.ops.AuditLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a server asks for tokens.
 *
 * <p>Failure: a server that others could reach, with nothing that says who they are and nobody who said that this is
 * wanted, does not start.
 */
final class AuthSetup {
    private static final Logger LOG = LoggerFactory.getLogger(AuthSetup.class);

    private AuthSetup() {}

    /** @throws CommandException with a message for the user */
    static Authentication open(ServerConfig config) {
        return open(config, AuditLog.OFF);
    }

    /**
     * @param audit hears what changes in the file of the tokens
     * @throws CommandException with a message for the user
     */
    static Authentication open(ServerConfig config, AuditLog audit) {
        TokenFile file = new TokenFile(config.auth().tokensFile());
        boolean loopback = isLoopback(config.server().host());
        return switch (config.auth().mode()) {
            case "tokens" -> open(file, audit);
            case "off" -> {
                if (!loopback) {
                    LOG.warn(
                            "auth.mode is off and {} is no loopback address: whoever reaches it may read, change"
                                    + " and delete everything",
                            config.server().host());
                }
                yield Authentication.OFF;
            }
            default -> {
                if (file.exists()) {
                    yield open(file, audit);
                }
                if (!loopback) {
                    throw new CommandException(refusal(config, file));
                }
                yield Authentication.OFF;
            }
        };
    }

    private static Authentication open(TokenFile file, AuditLog audit) {
        return TokenStore.open(file, (change, ids) -> audit.happened("tokens." + change,
                Map.of("tokens", String.join(" ", ids), "file", file.path().toString())));
    }

    private static String refusal(ServerConfig config, TokenFile file) {
        return config.server().host()
                + " is no loopback address, and there are no tokens: without them whoever"
                + " reaches it may read, change and delete everything. Either make a token (forebay token create"
                + " --role admin --file " + file.path()
                + ") or say that this is wanted (--set auth.mode=off)";
    }

    /** A name that is not known is none; listening there fails anyhow. */
    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
