package io.forebay.server.ops;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate and key of a port, as they are in their files now: what is new there holds for connections that are made
 * from then on. TLS 1.2 and 1.3, from the JDK.
 *
 * <p>Threads: {@code ops} looks at the files every {@link #LOOK_MILLIS}; anybody asks for what it published.
 *
 * <p>Failure: files that do not fit together, or are not there, are told in the log and in health, and the pair before
 * goes on: certificate and key are two files, and a look may fall between their changes. A start with such files fails.
 */
public final class TlsKeys {
    private static final Logger LOG = LoggerFactory.getLogger(TlsKeys.class);
    static final long LOOK_MILLIS = 2_000;
    private static final long BYTES_MAX = 1 << 20;
    private static final long WARN_SECONDS = TimeUnit.DAYS.toSeconds(3);

    private final Path certificate;
    private final Path key;
    private volatile Loaded loaded;
    private volatile @Nullable String trouble;

    private record Loaded(SslContext context, Instant expires, byte[] certificate, byte[] key) {}

    private TlsKeys(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.loaded = read();
        LOG.info("certificate {} is valid until {}", certificate, loaded.expires());
    }

    /** @throws IllegalArgumentException that says what is wrong with the two files */
    public static TlsKeys open(Path certificate, Path key) {
        try {
            return new TlsKeys(certificate, key);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.toString(), e);
        }
    }

    void watch(ScheduledExecutorService ops) {
        ops.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** For the next connection. */
    public SslContext context() {
        return loaded.context();
    }

    private Loaded read() throws IOException {
        byte[] chain = bytes(certificate);
        byte[] secret = bytes(key);
        PemPair pair = PemPair.of(chain, secret);
        SslContext context = SslContextBuilder
                .forServer(pair.key(), pair.chain().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK).protocols("TLSv1.3", "TLSv1.2").build();
        return new Loaded(context, pair.chain().getFirst().getNotAfter().toInstant(), chain, secret);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is larger than " + BYTES_MAX + " bytes");
        }
        return Files.readAllBytes(file);
    }

    void look() {
        try {
            Loaded before = loaded;
            if (Arrays.equals(before.certificate(), bytes(certificate))
                    && Arrays.equals(before.key(), bytes(key))) {
                trouble = null;
                return;
            }
            Loaded now = read();
            loaded = now;
            trouble = null;
            LOG.info("a new certificate was read from {}, valid until {}", certificate, now.expires());
        } catch (IOException | RuntimeException e) {
            String complaint = "certificate " + certificate + " with key " + key + " cannot be used: "
                    + (e.getMessage() == null ? e : e.getMessage());
            if (!complaint.equals(trouble)) {
                LOG.warn("{}; the one before goes on", complaint);
                trouble = complaint;
            }
        }
    }

    /** For health; null when all is well. */
    @Nullable
    String trouble() {
        if (trouble != null) {
            return trouble;
        }
        long seconds = secondsLeft();
        if (seconds > WARN_SECONDS) {
            return null;
        }
        return "certificate " + certificate + (seconds > 0 ? " expires at " : " expired at ")
                + loaded.expires();
    }

    /** Until the certificate expires; negative when it has. */
    public long secondsLeft() {
        return loaded.expires().getEpochSecond() - Instant.now().getEpochSecond();
    }
}
