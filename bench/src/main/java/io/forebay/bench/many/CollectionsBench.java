package io.forebay.bench.many;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Quiet;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One server with thousands of collections beside one with a single one: making them, what they hold in memory, the CPU
 * time of idle servers, acks, stops and starts.
 */
public final class CollectionsBench {
    private final CollectionsSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;

    public CollectionsBench(CollectionsSettings settings, Workspace workspace, BenchData data,
            BenchResult result, Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    public void measure() throws Exception {
        List<CollectionsRun.Writes> writes = new ArrayList<>();
        List<CollectionsRun.Restart> restarts = new ArrayList<>();
        try (CollectionsServer all = new CollectionsServer(workspace.newDirectory("all"), data);
                CollectionsServer one = new CollectionsServer(workspace.newDirectory("one"), data)) {
            all.process().collectGarbage();
            one.process().collectGarbage();
            CollectionsRun.Once once = make(all, one);
            result.run(once);
            for (int round = settings.firstRound(); round <= settings.rounds(); round++) {
                CollectionsRun.Writes run = write(round, all, one);
                if (round > 0) {
                    writes.add(run);
                    result.run(run);
                }
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                restarts.add(restart(round, all, one));
                result.run(restarts.getLast());
            }
            new CollectionsFigures(settings, once, writes, restarts).addTo(result);
        }
    }

    private CollectionsRun.Once make(CollectionsServer all, CollectionsServer one) throws Exception {
        one.make(1, 1);
        double seconds = all.make(settings.collections(), settings.clients());
        progress.accept(settings.collections() + " collections made in " + Table.number(seconds) + " s");
        WireLoad first = all.write(settings.collections(), settings.each(), settings.clients());
        // As many as the other got: both have run their code as often when their acks are compared.
        one.write(settings.collections(), settings.each(), settings.clients());
        all.settle();
        one.settle();
        CpuMeter allMeter = CpuMeter.start(all.process().handle());
        CpuMeter oneMeter = CpuMeter.start(one.process().handle());
        LockSupport.parkNanos((long) (settings.idleSeconds() * 1e9));
        CpuMeter.Usage allCpu = allMeter.stop();
        CpuMeter.Usage oneCpu = oneMeter.stop();
        all.process().collectGarbage();
        one.process().collectGarbage();
        CollectionsRun.Once once = new CollectionsRun.Once(seconds, first, all.state(), one.state(),
                allCpu.serverSeconds() / allCpu.wallSeconds(), oneCpu.serverSeconds() / oneCpu.wallSeconds());
        progress.accept("idle: " + Table.number(once.allIdleCores()) + " cores, with one collection "
                + Table.number(once.oneIdleCores()) + "; " + once.all());
        return once;
    }

    /** Another side first in each round. */
    private CollectionsRun.Writes write(int round, CollectionsServer all, CollectionsServer one)
            throws Exception {
        WireLoad toOne = round % 2 == 0 ? write(one, all) : null;
        WireLoad toAll = write(all, one);
        if (toOne == null) {
            toOne = write(one, all);
        }
        progress.accept(String.format(Locale.ROOT,
                "%-8s  all: %s writes/s, ack p50 %s ms, p99 %s ms;  one: %s writes/s, p50 %s ms, p99 %s ms",
                round == 0 ? "warm-up" : "round " + round, Table.number(toAll.perSecond()),
                Table.number(toAll.answers().p50Millis()), Table.number(toAll.answers().p99Millis()),
                Table.number(toOne.perSecond()), Table.number(toOne.answers().p50Millis()),
                Table.number(toOne.answers().p99Millis())));
        return new CollectionsRun.Writes(round, toAll, toOne);
    }

    private WireLoad write(CollectionsServer to, CollectionsServer other) throws Exception {
        Quiet.await(List.of(to.process(), other.process()));
        CpuMeter meter = CpuMeter.start(to.process().handle());
        WireLoad load = to.write(settings.writes(), settings.batch(), settings.clients());
        CpuMeter.Usage cpu = meter.stop();
        to.settle();
        return load.withCpu(cpu);
    }

    private CollectionsRun.Restart restart(int round, CollectionsServer all, CollectionsServer one)
            throws Exception {
        double stop = all.stop();
        CollectionsServer.Start started = all.start();
        var state = all.state();
        CollectionsServer.Touch touched = all.touch();
        var stateTouched = all.state();
        all.write(settings.collections(), settings.batch(), settings.clients());
        all.kill();
        CollectionsServer.Start killed = all.start();
        CollectionsServer.Touch touchedKilled = all.touch();
        one.stop();
        CollectionsServer.Start startedOne = one.start();
        progress.accept(String.format(Locale.ROOT,
                "round %d  stopped in %s s, started in %s s, after kill -9 in %s s; all counted in %s s, after kill -9 in"
                        + " %s s;  with one collection started in %s s",
                round, Table.number(stop), Table.number(started.answersSeconds()),
                Table.number(killed.answersSeconds()), Table.number(touched.seconds()),
                Table.number(touchedKilled.seconds()), Table.number(startedOne.answersSeconds())));
        return new CollectionsRun.Restart(round, stop, started, startedOne, touched, state, stateTouched,
                killed,
                touchedKilled);
    }
}
