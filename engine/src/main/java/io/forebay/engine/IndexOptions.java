package io.forebay.engine;

import io.forebay.index.vector.IndexEngine;
import java.util.Locale;

/**
 * More about the vector segments.
 *
 * @param engine what the graphs are made by. It may be another one at every start: the vectors are stored in one form, and a
 *               graph that is not there, or is of the other engine, is linked again
 */
public record IndexOptions(IndexEngine engine) {

    public static IndexOptions defaults() {
        return new IndexOptions(IndexEngine.NATIVE);
    }

    /** By the name that the configuration knows: {@code native} or {@code hnswlib}. */
    public static IndexOptions of(String engine) {
        return new IndexOptions(IndexEngine.valueOf(engine.toUpperCase(Locale.ROOT)));
    }
}
