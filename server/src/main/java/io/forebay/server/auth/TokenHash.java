package io.forebay.server.auth;

import io.forebay.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What is kept of a token: its SHA-256, without salt. A token has 256 random bits, so its hash cannot be guessed back
 * with or without one (docs/decisions/0013-tokens.md).
 */
final class TokenHash {
    private static final String PREFIX = "sha256:";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{64}");

    private final byte[] bytes;

    private TokenHash(byte[] bytes) {
        this.bytes = bytes;
    }

    static TokenHash of(String token) {
        return new TokenHash(Sha256.digest().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws IllegalArgumentException when it is none */
    static TokenHash parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("hash must be " + PREFIX + " and 64 hex digits");
        }
        return new TokenHash(HexFormat.of().parseHex(text.substring(PREFIX.length())));
    }

    /** Takes as long for a hash that differs in the first byte as for one that is the same. */
    boolean matches(TokenHash other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash hash && matches(hash);
    }

    @Override
    public int hashCode() {
        return bytes[0] << 8 | bytes[1];
    }

    @Override
    public String toString() {
        return PREFIX + HexFormat.of().formatHex(bytes);
    }
}
