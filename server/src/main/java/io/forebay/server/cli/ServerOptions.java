package io.forebay.server.cli;

import io.forebay.client.ForebayClient;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.config.ConfigLoader;
import io.forebay.server.config.ServerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, and as whom: the options that every command for a running server has. */
final class ServerOptions {
    private static final int DEFAULT_PORT = 8000;

    @Option(names = "--url", paramLabel = "URL",
            description = "Address of the server, as http://HOST:PORT or forebay://HOST:PORT (binary), with TLS https:// or forebays://. Default: what a"
                    + " server started here would take (forebay.yaml, FOREBAY_SERVER__HOST, FOREBAY_SERVER__PORT), else"
                    + " http://127.0.0.1:8000")
    private @Nullable URI url;

    @Option(names = "--port", paramLabel = "N",
            description = "Port of a server on this machine: short for --url http://127.0.0.1:N")
    private @Nullable Integer port;

    @Option(names = "--token", paramLabel = "TOKEN", defaultValue = "${env:FOREBAY_TOKEN}",
            description = "Token, where the server asks for one. Better in the variable FOREBAY_TOKEN: other users of"
                    + " this machine can see command lines")
    private @Nullable String token;

    @Option(names = "--cacert", paramLabel = "FILE", defaultValue = "${env:FOREBAY_CACERT}",
            description = "Certificates in PEM that are trusted for https:// and forebays://, instead of those that Java"
                    + " knows: that of the server itself, or of who signed it")
    private @Nullable Path trusted;

    /** Where collections are; not for commands that look at all of them. */
    static final class Place {
        @Option(names = "--tenant", paramLabel = "NAME", defaultValue = Database.DEFAULT_TENANT,
                description = "Default: ${DEFAULT-VALUE}")
        @SuppressWarnings("NullAway.Init")
        private String tenant;

        @Option(names = "--database", paramLabel = "NAME", defaultValue = Database.DEFAULT_DATABASE,
                description = "Default: ${DEFAULT-VALUE}")
        @SuppressWarnings("NullAway.Init")
        private String database;

        String tenant() {
            return tenant;
        }

        String database() {
            return database;
        }
    }

    /** Null for none. */
    @Nullable
    String token() {
        return token;
    }

    ForebayClient.Builder client() {
        try {
            ForebayClient.Builder builder = ForebayClient.builder(address(System.getenv())).token(token);
            SSLContext tls = tls();
            return tls == null ? builder : builder.sslContext(tls);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }

    /** Null for what Java trusts by itself. */
    @Nullable
    SSLContext tls() {
        return trusted == null ? null : TrustedCertificates.in(trusted);
    }

    ForebayClient.Builder client(Place place) {
        return client().tenant(place.tenant).database(place.database);
    }

    URI address(Map<String, String> environment) {
        if (port != null) {
            return URI.create("http://127.0.0.1:" + port);
        }
        if (url != null) {
            return url;
        }
        ServerConfig config = ConfigLoader.load(RunCommand.defaultFile(), environment, Map.of());
        int configured = config.server().port();
        return URI.create((config.server().tls().isOn() ? "https://" : "http://")
                + reachable(config.server().host()) + ":"
                + (configured == 0 ? DEFAULT_PORT : configured));
    }

    /** An address to listen on need not be one to connect to. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0", "*" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    }

    /** What a person can do about it, where that is not what the server says. */
    RuntimeException explained(ForebayException failure) {
        if (failure.code() == ErrorCode.UNAUTHENTICATED) {
            return new CommandException("the server asks for a token: "
                    + (token == null ? "put one" : "it does not take the one") + " in FOREBAY_TOKEN");
        }
        return failure;
    }
}
