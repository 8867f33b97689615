package io.forebay.bench.many;

import io.forebay.bench.load.ProcessState;

/** Repetitions of {@code bench collections}, and what was measured once. */
final class CollectionsRun {
    private CollectionsRun() {}

    /**
     * The same writes to all collections of one server and to the only one of another.
     *
     * @param all  to each collection in turn
     * @param one  to the only one
     */
    record Writes(int round, WireLoad all, WireLoad one) {}

    /**
     * A stop and a start of the server with many collections, then a kill and a start.
     *
     * @param started        from the start of the process until it answers, after the stop
     * @param startedOne     the same of the server with one collection
     * @param touched        every collection counted once, after it
     * @param state          before that
     * @param stateTouched   after it
     * @param startedKilled  after the kill, with one write to each collection behind the last checkpoint at most
     */
    record Restart(int round, double stopSeconds, CollectionsServer.Start started,
            CollectionsServer.Start startedOne, CollectionsServer.Touch touched, ProcessState state,
            ProcessState stateTouched, CollectionsServer.Start startedKilled,
            CollectionsServer.Touch touchedKilled) {}

    /**
     * What was measured once.
     *
     * @param allIdleCores CPU time per second of the server with many collections, nothing asked of it
     */
    record Once(double makeSeconds, WireLoad firstWrites, ProcessState all, ProcessState one,
            double allIdleCores, double oneIdleCores) {}
}
