package io.forebay.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Rates;
import io.forebay.server.binary.TestCertificate;
import io.forebay.server.config.ConfigLoader;
import io.forebay.server.doctor.Diagnosis.Level;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpPort;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.LeakWatch;
import io.forebay.server.http.ServerMetrics;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import io.forebay.server.ops.TlsKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of the port where a server runs, with TLS and without. */
class RunningServerTest {
    @TempDir
    Path directory;

    private static HttpOptions options() {
        return HttpOptions.defaults().withAddress("127.0.0.1", 0).withIoThreads(1);
    }

    private Forebay engine(ServerMetrics metrics) {
        return Forebay.open(directory.resolve("store"), ForebayOptions.defaults().withExtentBytes(4 << 20)
                .withDiskReserveBytes(0), metrics);
    }

    private static Diagnosis look(int port, Map<String, String> more) {
        List<Diagnosis> all = new ArrayList<>();
        Map<String, String> flags = new TreeMap<>(more);
        flags.put("server.port", Integer.toString(port));
        new ServerLook(all).run(ConfigLoader.load(null, Map.of(), flags).server());
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void aForebayThatAnswersIsKnownByWhatItSays() {
        LeakWatch.install();
        try (ServerMetrics metrics = new ServerMetrics();
                Forebay engine = engine(metrics);
                HttpServer server = HttpServer.start(engine, options(), metrics)) {
            Diagnosis found = look(server.port(), Map.of());
            assertThat(found.what()).isEqualTo("127.0.0.1:" + server.port() + ": a server answers /healthz with 200");
            assertThat(found.level()).isEqualTo(Level.OK);
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void withTlsItIsAskedWithTlsAndOfAnotherConfigurationItSaysSo() throws Exception {
        LeakWatch.install();
        TestCertificate pair = new TestCertificate(Files.createDirectories(directory.resolve("pair")));
        TlsKeys keys = TlsKeys.open(pair.certificate, pair.key);
        try (ServerMetrics metrics = new ServerMetrics();
                ServerOps ops = ServerOps.open(Readiness.opening(), new RequestLog(0, false), Rates.NONE,
                        ServerOps.Audit.OFF, keys, keys);
                Forebay engine = engine(metrics);
                HttpServer server = HttpServer.start(HttpPort.open(options(), ops), engine, options(), metrics,
                        Authentication.OFF, null, null, ops)) {
            Map<String, String> tls = Map.of("server.tls_certificate", pair.certificate.toString(),
                    "server.tls_key", pair.key.toString());
            assertThat(look(server.port(), tls).level()).isEqualTo(Level.OK);
            Diagnosis without = look(server.port(), Map.of());
            assertThat(without.level()).isEqualTo(Level.BAD);
            assertThat(without.what()).contains("answers no http");
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }
}
