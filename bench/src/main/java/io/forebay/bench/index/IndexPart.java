package io.forebay.bench.index;

import java.util.Locale;

/** What {@code bench index} can measure. */
public enum IndexPart {
    BUILD, SEARCH, FILTER, CHURN, RESTART, MEMORY, KERNELS;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
