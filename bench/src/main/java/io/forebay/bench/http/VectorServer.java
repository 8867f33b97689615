package io.forebay.bench.http;

import java.io.IOException;

/** A server that speaks Chroma's protocol, in a process of its own. */
public interface VectorServer extends AutoCloseable {
    String name();

    int port();

    ProcessHandle process();

    /** Waits until everything that was acked is in the graph of this collection. */
    void awaitIndex(WireCollection collection) throws IOException, InterruptedException;

    @Override
    void close();
}
