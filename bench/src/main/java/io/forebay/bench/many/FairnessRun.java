package io.forebay.bench.many;

import io.forebay.bench.report.CpuMeter;

/**
 * Small collections on one server at one time.
 *
 * @param backlogged   collections that shared the backlog; 0 on the idle server
 * @param backlogFirst records of it when the first small collection was made
 * @param backlogLast  and when the last one was linked
 */
record FairnessRun(int round, int backlogged, long backlogFirst, long backlogLast, long collections,
        SmallCollections.Times times, CpuMeter.Usage cpu) {

    /** As it is written in the names of figures. */
    String side() {
        return backlogged == 0 ? "idle" : "backlog_" + backlogged;
    }

    double drainedPerSecond() {
        return (backlogFirst - backlogLast) / cpu.wallSeconds();
    }
}
