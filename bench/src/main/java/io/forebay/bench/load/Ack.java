package io.forebay.bench.load;

/** One acknowledged batch: when its answer came, how long after the call, and how many records it held. */
public record Ack(long endNanos, long latencyNanos, int records) {}
