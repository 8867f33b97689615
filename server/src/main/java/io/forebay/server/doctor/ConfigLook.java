package io.forebay.server.doctor;

import io.forebay.model.Durability;
import io.forebay.server.config.ServerConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.List;

/** What of a configuration that is valid may still be regretted. */
final class ConfigLook {
    private final ServerConfig config;
    private final List<Diagnosis> out;

    ConfigLook(ServerConfig config, List<Diagnosis> out) {
        this.config = config;
        this.out = out;
    }

    void run(String source) {
        out.add(Diagnosis.ok("configuration", source + ", store " + config.server().path()));
        access();
        if (config.wal().durability() == Durability.OS) {
            out.add(Diagnosis.warn("durability", "wal.durability is os",
                    "a power loss may take the last acknowledged seconds; sync does not"));
        }
        if (config.index().memoryMax() == 0) {
            out.add(Diagnosis.ok("index memory",
                    "index.memory_max is 0: codes and graphs of all collections stay loaded"));
        }
    }

    private void access() {
        String host = config.server().host();
        boolean isPublic = !isLoopback(host);
        boolean hasTokens = switch (config.auth().mode()) {
            case "off" -> false;
            case "tokens" -> true;
            default -> Files.exists(config.auth().tokensFile());
        };
        if (!isPublic) {
            out.add(Diagnosis.ok("access", "listens on " + host + ", tokens " + (hasTokens ? "on" : "off")));
            return;
        }
        if (!hasTokens) {
            out.add(Diagnosis.bad("access", "listens on " + host + " without tokens",
                    "whoever reaches it may read, change and delete everything: forebay token create --role admin"));
        } else {
            out.add(Diagnosis.ok("access", "listens on " + host + ", tokens on"));
        }
        if (config.server().allowReset()) {
            out.add(Diagnosis.warn("access", "server.allow_reset is on, on a public address",
                    "one request of an admin deletes everything: turn it off"));
        }
        if (config.server().corsAllowOrigins().contains("*")) {
            out.add(Diagnosis.warn("access", "server.cors_allow_origins is *, on a public address",
                    "name the origins that may ask"));
        }
        if (!config.server().tls().isOn()) {
            out.add(Diagnosis.warn("access", "the port has no TLS, on a public address",
                    "tokens and records pass in the clear, unless a proxy before it has TLS:"
                            + " server.tls_certificate, server.tls_key"));
        }
        boolean hasBinary = config.server().binary().port() != ServerConfig.Binary.NONE;
        // Without a certificate of its own the binary port has that of the other one.
        if (hasBinary && config.server().binary().certificate() == null && !config.server().tls().isOn()) {
            out.add(Diagnosis.warn("access", "the binary port has no TLS, on a public address",
                    "tokens and records pass in the clear: server.binary_tls_certificate, server.binary_tls_key, or"
                            + " server.binary_port=-2"));
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException notKnown) {
            return false;
        }
    }
}
