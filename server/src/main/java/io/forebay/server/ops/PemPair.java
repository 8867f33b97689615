package io.forebay.server.ops;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate with its chain, the server's own first, and the private key that belongs to it, read from PEM.
 *
 * <p>Failure: whatever is wrong is an {@link IllegalArgumentException} that says what, and never shows any of the key.
 */
record PemPair(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern BLOCK = Pattern
            .compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte[] PROBE = "forebay".getBytes(StandardCharsets.UTF_8);

    static PemPair of(byte[] certificate, byte[] key) {
        try {
            List<X509Certificate> chain = chain(certificate);
            PemPair pair = new PemPair(chain, key(key, chain.getFirst().getPublicKey().getAlgorithm()));
            pair.checkThatTheyBelongTogether();
            return pair;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static List<X509Certificate> chain(byte[] pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> chain = new ArrayList<>();
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                chain.add((X509Certificate) factory
                        .generateCertificate(new ByteArrayInputStream(decoded(block))));
            }
        }
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no certificate in PEM is in the file of the certificate");
        }
        return List.copyOf(chain);
    }

    private static PrivateKey key(byte[] pem, String algorithm) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            String what = block.group(1);
            if (what.equals("PRIVATE KEY")) {
                String name = algorithm.equals("EdDSA") ? "EdDSA" : algorithm;
                return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(decoded(block)));
            }
            if (what.endsWith("PRIVATE KEY")) {
                throw new IllegalArgumentException("the key is in the form '" + what
                        + "', must be PKCS#8 and not encrypted: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW");
            }
        }
        throw new IllegalArgumentException("no private key in PEM is in the file of the key");
    }

    private static byte[] decoded(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }

    private void checkThatTheyBelongTogether() throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(chain.getFirst().getPublicKey());
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new IllegalArgumentException("the key is not that of the certificate");
        }
    }
}
