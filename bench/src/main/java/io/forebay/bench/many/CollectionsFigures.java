package io.forebay.bench.many;

import io.forebay.bench.load.ProcessState;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The figures of {@code bench collections}. */
final class CollectionsFigures {
    private static final double START_SECONDS_ALLOWED = 5;
    private static final double ACK_RATIO_ALLOWED = 2;

    private final CollectionsSettings settings;
    private final CollectionsRun.Once once;
    private final List<CollectionsRun.Writes> writes;
    private final List<CollectionsRun.Restart> restarts;

    CollectionsFigures(CollectionsSettings settings, CollectionsRun.Once once,
            List<CollectionsRun.Writes> writes, List<CollectionsRun.Restart> restarts) {
        this.settings = settings;
        this.once = once;
        this.writes = writes;
        this.restarts = restarts;
    }

    void addTo(BenchResult result) {
        starts(result);
        acks(result);
        single(result, "made", "collections / time to make them", "collections/s",
                settings.collections() / once.makeSeconds());
        single(result, "made_time", "all collections made", "s", once.makeSeconds());
        single(result, "first_writes", "the first batch of each", "batches/s",
                once.firstWrites().perSecond());
        single(result, "idle_cpu", "CPU of the idle server, cores", "cores", once.allIdleCores());
        single(result, "idle_cpu_one", "the same with one collection", "cores", once.oneIdleCores());
        state(result, "", "after making, writing and a collection of garbage", once.all());
        state(result, "_one", "the same with one collection", once.one());
        single(result, "private_per_collection",
                "private memory beyond that with one collection / collections",
                "kB", (once.all().privateBytes() - once.one().privateBytes()) / 1e3 / settings.collections());
        state(result, "_started", "after a start, before anything is asked", restarts.getLast().state());
        state(result, "_counted", "after a start and one count of each", restarts.getLast().stateTouched());
    }

    private void starts(BenchResult result) {
        result.figure(seconds("start", "start of the process until it answers, after a clean stop",
                run -> run.started().answersSeconds()).wantingAtMost(START_SECONDS_ALLOWED));
        result.figure(
                seconds("start_killed", "the same after kill -9, the last batch of each not in a checkpoint",
                        run -> run.startedKilled().answersSeconds()).wantingAtMost(START_SECONDS_ALLOWED));
        result.figure(seconds("start_one", "the same with one collection, after a clean stop",
                run -> run.startedOne().answersSeconds()));
        result.figure(
                seconds("stop", "SIGTERM until the process has ended", CollectionsRun.Restart::stopSeconds));
        result.figure(seconds("counted", "after the start: all collections counted, one after the other",
                run -> run.touched().seconds()));
        result.figure(seconds("counted_killed", "the same after the start after kill -9",
                run -> run.touchedKilled().seconds()));
        result.figure(Figure.of("counted_max", "the slowest of these counts after a clean stop", "ms",
                Summary.of(restarts, run -> run.touched().maxMillis())));
    }

    private void acks(BenchResult result) {
        result.figure(Figure
                .of("ack_p99_over_one", "p99 of acks in all collections in turn / in one, of each round",
                        "x",
                        Summary.of(writes,
                                run -> run.all().answers().p99Millis() / run.one().answers().p99Millis()))
                .wantingAtMost(ACK_RATIO_ALLOWED));
        result.figure(millis("ack_p99", "all collections in turn", run -> run.all().answers().p99Millis()));
        result.figure(millis("ack_p99_one", "one collection", run -> run.one().answers().p99Millis()));
        result.figure(millis("ack_p50", "all collections in turn", run -> run.all().answers().p50Millis()));
        result.figure(millis("ack_p50_one", "one collection", run -> run.one().answers().p50Millis()));
        result.figure(Figure.of("acked_over_one", "writes/s to all in turn / to one", "x",
                Summary.of(writes, run -> run.all().perSecond() / run.one().perSecond())));
    }

    private static void state(BenchResult result, String suffix, String formed, ProcessState state) {
        single(result, "resident" + suffix, formed + ": resident memory", "MB", state.residentBytes() / 1e6);
        single(result, "private" + suffix, formed + ": of it not mapped from files", "MB",
                state.privateBytes() / 1e6);
        single(result, "open_files" + suffix, formed + ": file descriptors", "", state.openFiles());
        single(result, "mappings" + suffix, formed + ": mappings of memory", "", state.mappings());
    }

    private static void single(BenchResult result, String name, String formed, String unit, double value) {
        result.figure(Figure.of(name, formed, unit, Summary.of(value)));
    }

    private Figure seconds(String name, String formed, ToDoubleFunction<CollectionsRun.Restart> value) {
        return Figure.of(name, formed, "s", Summary.of(restarts, value));
    }

    private Figure millis(String name, String formed, ToDoubleFunction<CollectionsRun.Writes> value) {
        return Figure.of(name, formed, "ms", Summary.of(writes, value));
    }
}
