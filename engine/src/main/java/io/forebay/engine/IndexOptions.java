package io.forebay.engine;

import io.forebay.index.vector.IndexEngine;
import java.util.Locale;

/**
 * More about the vector segments.
 *
 * @param engine what the graphs are made by. It may be another one at every start: the vectors are stored in one form, and a
 *               graph that is not there, or is of the other engine, is linked again
 * @param memoryMax bytes outside the heap for codes and graphs of all collections; beyond it those that were used
 *                  longest ago are unloaded, and come back on use. 0: no bound. Of no effect with {@code hnswlib}
 */
public record IndexOptions(IndexEngine engine, long memoryMax) {

    public IndexOptions {
        if (memoryMax < 0) {
            throw new IllegalArgumentException("memoryMax is " + memoryMax + ", must be at least 0");
        }
    }

    public IndexOptions(IndexEngine engine) {
        this(engine, 0);
    }

    public static IndexOptions defaults() {
        return new IndexOptions(IndexEngine.NATIVE, 0);
    }

    /** With the engine by the name that the configuration knows: {@code native} or {@code hnswlib}. */
    public static IndexOptions of(String engine, long memoryMax) {
        return new IndexOptions(IndexEngine.valueOf(engine.toUpperCase(Locale.ROOT)), memoryMax);
    }
}
