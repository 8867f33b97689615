package io.forebay.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.server.binary.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsKeysTest {
    @TempDir
    static Path folder;

    private static TestCertificate ec;
    private static TestCertificate rsa;

    @BeforeAll
    static void make() throws Exception {
        ec = new TestCertificate(Files.createDirectories(folder.resolve("ec")), "EC");
        rsa = new TestCertificate(Files.createDirectories(folder.resolve("rsa")), "RSA");
    }

    @Test
    void theServersOwnCertificateIsTheFirstOfAChain() throws Exception {
        Path chain = Files.writeString(folder.resolve("chain.pem"),
                "a comment\n" + Files.readString(ec.certificate)
                        + "\n" + Files.readString(rsa.certificate));
        PemPair pair = PemPair.of(Files.readAllBytes(chain), Files.readAllBytes(ec.key));
        assertThat(pair.chain()).hasSize(2);
        assertThat(pair.chain().getFirst().getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(TlsKeys.open(chain, ec.key).secondsLeft()).isBetween(9 * 86_400L, 10 * 86_400L);
    }

    @Test
    void whatCannotBeUsedSaysWhyAndShowsNothingOfTheKey() throws Exception {
        assertThatThrownBy(() -> TlsKeys.open(rsa.certificate, ec.key))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.toString()).doesNotContain(secret(ec.key)));
        TestCertificate other = new TestCertificate(Files.createDirectories(folder.resolve("other")), "EC");
        assertThatThrownBy(() -> TlsKeys.open(ec.certificate, other.key))
                .hasMessage("the key is not that of the certificate");
        assertThatThrownBy(() -> TlsKeys.open(ec.key, ec.certificate))
                .hasMessageContaining("no certificate in PEM");
        assertThatThrownBy(() -> TlsKeys.open(ec.certificate, ec.certificate))
                .hasMessageContaining("no private key in PEM");
        Path old = Files.writeString(folder.resolve("old.pem"),
                Files.readString(rsa.key).replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        assertThatThrownBy(() -> TlsKeys.open(rsa.certificate, old))
                .hasMessageContaining("openssl pkcs8 -topk8");
        assertThatThrownBy(() -> TlsKeys.open(folder.resolve("none"), ec.key)).hasMessageContaining("none");
    }

    private static String secret(Path key) throws Exception {
        return Files.readAllLines(key).get(1).substring(20, 50);
    }
}
