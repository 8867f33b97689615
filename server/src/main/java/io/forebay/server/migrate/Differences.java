package io.forebay.server.migrate;

import java.util.ArrayList;
import java.util.List;

/** What is not the same at the target: how many differences, and the first of them in words. */
public final class Differences {
    private static final int TOLD_MAX = 20;

    private final List<String> told = new ArrayList<>();
    private long count;

    void add(String difference) {
        count++;
        if (told.size() < TOLD_MAX) {
            told.add(difference);
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public long count() {
        return count;
    }

    /** The first ones. */
    public List<String> told() {
        return List.copyOf(told);
    }
}
