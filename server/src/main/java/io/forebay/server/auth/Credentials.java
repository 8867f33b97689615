package io.forebay.server.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the token in the headers in which Chroma's clients send one. */
public final class Credentials {
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private Credentials() {}

    /**
     * The first that is there: {@code x-chroma-token}, then {@code Authorization}, in which {@code Bearer} is followed by
     * the token and the password of {@code Basic} is the token, whoever the user. Null when there is none.
     */
    public static @Nullable String token(@Nullable String chromaToken, @Nullable String authorization) {
        if (chromaToken != null) {
            return chromaToken.strip();
        }
        if (authorization == null) {
            return null;
        }
        String lower = authorization.toLowerCase(Locale.ROOT);
        if (lower.startsWith(BEARER)) {
            return authorization.substring(BEARER.length()).strip();
        }
        return lower.startsWith(BASIC) ? password(authorization.substring(BASIC.length()).strip()) : null;
    }

    /** What is not of this form is a token that nobody has. */
    private static String password(String base64) {
        try {
            String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }
}
