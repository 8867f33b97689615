package io.forebay.model;

import java.util.regex.Pattern;

/** Chroma's rule for the names of collections and databases. */
public final class Names {
    private static final Pattern PART = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]");
    private static final Pattern IPV4 = Pattern
            .compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    private static final int LENGTH_MAX = 512;

    private Names() {}

    /**
     * @param prefix begins the message, for example {@code "Validation error: name: "}
     * @throws ForebayException (INVALID_ARGUMENT) with Chroma's message
     */
    public static void check(String name, String prefix) {
        String[] parts = name.split("\\+", -1);
        boolean ok = name.length() <= LENGTH_MAX && parts.length <= 2;
        for (String part : parts) {
            ok &= PART.matcher(part).matches();
        }
        if (!ok) {
            throw ForebayException.invalid(prefix + "Expected a name containing 3-512 characters from"
                    + " [a-zA-Z0-9._-], starting and ending with a character in [a-zA-Z0-9]. Got: " + name);
        }
        if (name.contains("..")) {
            throw ForebayException.invalid(
                    prefix + "Expected a name that does not contains two consecutive periods (..). Got "
                            + name);
        }
        if (IPV4.matcher(name).matches()) {
            throw ForebayException
                    .invalid(prefix + "Expected a name that is not a valid ip address. Got " + name);
        }
    }
}
