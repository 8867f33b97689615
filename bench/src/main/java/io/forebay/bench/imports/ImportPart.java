package io.forebay.bench.imports;

import java.util.Locale;

/** What can be measured by itself. */
public enum ImportPart {
    /** Real documents, embedded here, and with their vectors in the file. */
    PEPS,
    /** Memory by size of the file. */
    SIZE,
    /** Four imports at once beside one after the other. */
    PARALLEL,
    /** The same file again. */
    AGAIN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
