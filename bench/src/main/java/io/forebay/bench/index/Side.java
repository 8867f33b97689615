package io.forebay.bench.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Whose graphs are compared. */
enum Side {
    /** The vector segment, with the engine that is measured. */
    OURS,
    /** hnswlib-core as shipped. */
    CORE,
    /** C++ hnswlib. */
    CPP;

    /** Those that are there, another one first in each round. */
    static List<Side> inTurn(boolean hasCpp, int round) {
        List<Side> sides = new ArrayList<>(hasCpp ? List.of(values()) : List.of(OURS, CORE));
        Collections.rotate(sides, round);
        return sides;
    }
}
