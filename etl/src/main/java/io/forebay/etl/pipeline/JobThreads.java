package io.forebay.etl.pipeline;

import java.util.concurrent.ExecutorService;

/** What a job at work runs on besides its own thread. */
public interface JobThreads {
    ExecutorService readers();

    ExecutorService workers();

    /** For what waits for the network. */
    ExecutorService calls();
}
