package io.forebay.etl;

import java.util.Locale;

/** Names of constants as they are on the wire. */
final class Names {
    private Names() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
