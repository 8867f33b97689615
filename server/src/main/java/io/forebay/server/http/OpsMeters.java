package io.forebay.server.http;

import io.forebay.server.logging.UnblockedAppender;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.ops.TlsKeys;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** What {@link ServerOps} counts, for {@code /metrics}; asked when it is scraped. */
final class OpsMeters {
    private OpsMeters() {}

    static void register(MeterRegistry registry, ServerOps ops) {
        for (String limit : new String[]{"requests_per_second", "bytes_per_second"}) {
            FunctionCounter.builder("forebay.rate.limited", ops, o -> o.rates().refused(limit))
                    .description("Requests refused because a token or address was over its rate")
                    .tags("limit", limit).register(registry);
        }
        FunctionCounter.builder("forebay.audit.lost", ops, o -> o.audit().lost())
                .description("Lines that could not be written into the audit log").register(registry);
        FunctionCounter.builder("forebay.log.dropped", ops, o -> UnblockedAppender.dropped())
                .description("Lines of the log that were dropped because standard error was read too slowly")
                .register(registry);
        Gauge.builder("forebay.draining", ops, o -> o.readiness().isDraining() ? 1 : 0)
                .description("1 while the server is about to stop and asks clients to go elsewhere")
                .register(registry);
        tls(registry, "http", ops.tls());
        tls(registry, "binary", ops.binaryTls());
    }

    private static void tls(MeterRegistry registry, String port, @Nullable TlsKeys keys) {
        if (keys != null) {
            Gauge.builder("forebay.tls.certificate.expires", keys, TlsKeys::secondsLeft).baseUnit("seconds")
                    .description("Until the certificate of this port expires; negative when it has")
                    .tags("port", port).register(registry);
        }
    }
}
