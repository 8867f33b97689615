package io.forebay.server.cli;

import io.forebay.server.config.ServerConfig;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.ops.TlsKeys;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes {@link ServerOps} from the configuration. */
final class OpsSetup {
    private OpsSetup() {}

    /** @throws CommandException when certificate and key cannot be used */
    static ServerOps open(ServerConfig config, Readiness readiness) {
        ServerConfig.Server server = config.server();
        ServerConfig.Log log = config.log();
        TlsKeys http = tls(server.tls().certificate(), server.tls().key(), "server.tls_");
        TlsKeys own = tls(server.binary().certificate(), server.binary().key(), "server.binary_tls_");
        return ServerOps.open(readiness, new RequestLog(log.slowQueryMillis(), log.requests()),
                config.auth().rates(), log.audit(), http, own == null ? http : own);
    }

    private static @Nullable TlsKeys tls(@Nullable Path certificate, @Nullable Path key, String keys) {
        if (certificate == null || key == null) {
            return null;
        }
        try {
            return TlsKeys.open(certificate, key);
        } catch (IllegalArgumentException e) {
            throw new CommandException("cannot use " + keys + "certificate " + certificate + " with " + keys
                    + "key " + key + ": " + e.getMessage());
        }
    }

    /** Asked for each connection; null for none. */
    static @Nullable Supplier<SslContext> binaryTls(ServerOps ops) {
        TlsKeys keys = ops.binaryTls();
        return keys == null ? null : keys::context;
    }
}
