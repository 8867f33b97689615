package io.forebay.bench.many;

import java.util.List;
import java.util.Locale;

/** The ways in which the same records are uploaded. */
enum UploadSide {
    /** Each collection when the one before is done. */
    ONE_BY_ONE,
    /** As many collections at once as the case says. */
    AT_ONCE,
    /** The same uploads, as many at once, all into one collection. */
    ONE_COLLECTION,
    /** One after the other on a server with one indexer thread: what its one core does. Only where linking is part of it. */
    ONE_INDEXER;

    static List<UploadSide> of(UploadPart part) {
        return part == UploadPart.LINKED
                ? List.of(values())
                : List.of(ONE_BY_ONE, AT_ONCE, ONE_COLLECTION);
    }

    int collections(UploadCase of) {
        return this == ONE_COLLECTION ? 1 : of.collections();
    }

    int parallel(UploadCase of) {
        return this == ONE_BY_ONE || this == ONE_INDEXER ? 1 : of.parallel();
    }

    /** As it is written in the names of figures. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
