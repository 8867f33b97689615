package io.forebay.engine.history;

import java.util.ArrayList;
import java.util.List;

/** What clients did to one collection. Any thread records; it is checked when all of them rest. */
public final class History {
    private final List<Write> writes = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();

    public synchronized void add(Write write) {
        writes.add(write);
    }

    public synchronized void add(Read read) {
        reads.add(read);
    }

    public synchronized List<Write> writes() {
        return List.copyOf(writes);
    }

    public synchronized List<Read> reads() {
        return List.copyOf(reads);
    }
}
