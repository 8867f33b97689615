package io.forebay.server.auth;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token as its owner has it: {@code fb_<id>_<secret>}, with a secret of 256 random bits. The id is no secret; it
 * finds the hash to compare with, so that one comparison is enough, and tells people which token they look at.
 */
public final class TokenText {
    private static final String PREFIX = "fb_";
    private static final int SECRET_BYTES = 32;
    private static final int RANDOM_ID_BYTES = 4;
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenText() {}

    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    public static String randomId() {
        return HexFormat.of().formatHex(random(RANDOM_ID_BYTES));
    }

    public static String random(String id) {
        return PREFIX + id + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(random(SECRET_BYTES));
    }

    /** Null when it cannot be a token of ours. */
    static @Nullable String idOf(String token) {
        int end = token.indexOf('_', PREFIX.length());
        return token.startsWith(PREFIX) && end > 0 ? token.substring(PREFIX.length(), end) : null;
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }
}
