package io.forebay.bench.query;

import java.util.Locale;

/** How a store is asked. */
public enum Side {
    IN_PROCESS, HTTP, BINARY;

    /** As it is written in options and in the names of figures. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
