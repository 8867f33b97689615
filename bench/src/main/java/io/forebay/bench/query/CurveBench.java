package io.forebay.bench.query;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.ClosedLoop;
import io.forebay.bench.load.OpenLoop;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Schedule;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.query.Store.Asker;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Table;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Loads each store, then asks it all ways in turns, width by width; then the same with writers beside. */
public final class CurveBench {
    private static final int BATCH = 1_000;
    private static final int WARMUP_RECORDS = 4_000;
    private static final int JUDGED_MAX = 100;
    private static final long SEED = 23;

    private final CurveSettings settings;
    private final BenchData data;
    private final Consumer<String> say;
    private final List<float[]> queries;
    private final List<List<String>> exact;
    private final CurveFigures figures;
    private final MovingRecall moving;

    public CurveBench(CurveSettings settings, BenchData data, Consumer<String> say) throws Exception {
        this.settings = settings;
        this.data = data;
        this.say = say;
        List<float[]> all = data.dataset().queryEmbeddings();
        this.queries = all.subList(0, Math.min(settings.queries(), all.size()));
        this.exact = data.exactAnswers(settings.k(), queries.size());
        this.figures = new CurveFigures(settings);
        this.moving = new MovingRecall(data);
    }

    public void measure(Workspace workspace, BenchResult result) throws Exception {
        result.parameter("settings", settings).parameter("records", data.size());
        List<Store> stores = new ArrayList<>();
        try {
            open(workspace, stores);
            for (Store store : stores) {
                warmUp(store);
                load(store, "bench", data.size());
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                for (int ef : settings.efs()) {
                    for (Store store : stores) {
                        for (Side side : store.sides()) {
                            figures.add(still(store, side, ef, round), result);
                        }
                    }
                }
            }
            if (settings.writeRate() > 0) {
                for (Store store : stores) {
                    during(store, result);
                }
            }
        } finally {
            stores.forEach(Store::close);
        }
        figures.addTo(result);
    }

    private void open(Workspace workspace, List<Store> stores) throws Exception {
        if (settings.sides().contains(Side.IN_PROCESS)) {
            stores.add(EngineStore.open(workspace.newDirectory("engine"), settings.answers()));
        }
        List<Side> outside = settings.sides().stream().filter(side -> side != Side.IN_PROCESS).toList();
        if (!outside.isEmpty()) {
            stores.add(ServerStore.start(workspace.newDirectory("server"), outside, settings.answers()));
        }
    }

    /** The same in small: what is measured first is otherwise the compiler, above all on the server, which is new. */
    private void warmUp(Store store) throws Exception {
        load(store, "warmup", Math.min(WARMUP_RECORDS, data.size()));
        for (Side side : store.sides()) {
            Asker asker = store.asker(side);
            for (int clients : List.of(1, settings.clients())) {
                closed(asker, settings.efs().getLast(), clients);
            }
        }
    }

    private void load(Store store, String name, int records) {
        store.use(name, CollectionConfig.of(data.dataset().space()));
        BatchSource source = new BatchSource(data, Payload.RECORDS, BATCH, records);
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            store.write(batch);
        }
        store.drain();
    }

    private CurvePoint still(Store store, Side side, int ef, int round) throws Exception {
        Asker asker = store.asker(side);
        Double recall = round == 1 ? (Double) recall(asker, ef) : null;
        AllocationMeter allocation = AllocationMeter.start(store.server());
        CpuMeter cpu = CpuMeter.start(handle(store));
        ClosedLoop.Result one = closed(asker, ef, 1);
        ClosedLoop.Result many = closed(asker, ef, settings.clients());
        CpuMeter.Usage used = cpu.stop();
        double allocated = allocation.stop() / (one.answered() + many.answered());
        CurvePoint point = new CurvePoint(side, round, false, ef, recall, one, many, open(asker, ef),
                allocated,
                used, data.size(), data.size(), store.unlinked());
        tell(point);
        return point;
    }

    /** Half of the records first, linked; the others, and then moved ones, at the rate of the writers. */
    private void during(Store store, BenchResult result) throws Exception {
        int first = Math.max(1, data.size() / 2);
        load(store, "during", first);
        // As many as could ever be written: they are made when they are asked for.
        BatchSource source = new BatchSource(data, Payload.RECORDS, settings.writeBatch(), Long.MAX_VALUE / 4)
                .startingAt(first);
        PacedWriter writer = PacedWriter.start(store, source, settings.writeRate() / settings.writeBatch(),
                first);
        List<CurvePoint> points = new ArrayList<>();
        double rate;
        try {
            for (int ef : settings.efs()) {
                for (Side side : store.sides()) {
                    points.add(moving(store, side, ef, writer::acked));
                }
            }
        } finally {
            rate = writer.stop();
        }
        for (CurvePoint point : points) {
            figures.add(point, result);
        }
        figures.written(store.sides(), rate);
    }

    private CurvePoint moving(Store store, Side side, int ef, LongSupplier acked) throws Exception {
        Asker asker = store.asker(side);
        long before = acked.getAsLong();
        for (int i = 0; i < Math.min(JUDGED_MAX, queries.size()); i++) {
            long known = acked.getAsLong();
            moving.add(queries.get(i), settings.k(), known,
                    asker.nearest(queries.get(i), settings.k(), ef));
        }
        CpuMeter cpu = CpuMeter.start(handle(store));
        ClosedLoop.Result one = closed(asker, ef, 1);
        ClosedLoop.Result many = closed(asker, ef, settings.clients());
        CpuMeter.Usage used = cpu.stop();
        List<OpenLoop.Result> open = open(asker, ef);
        long after = acked.getAsLong();
        long unlinked = store.unlinked();
        CurvePoint point = new CurvePoint(side, 1, true, ef, moving.judge(), one, many, open, null, used,
                before, after, unlinked);
        tell(point);
        return point;
    }

    private static @Nullable ProcessHandle handle(Store store) {
        return store.server() == null ? null : store.server().handle();
    }

    /** By id, all queries asked once: a tie counts as a miss. */
    private double recall(Asker asker, int ef) {
        long found = 0;
        long wanted = 0;
        for (int i = 0; i < queries.size(); i++) {
            HashSet<String> got = new HashSet<>(asker.nearest(queries.get(i), settings.k(), ef));
            found += exact.get(i).stream().filter(got::contains).count();
            wanted += exact.get(i).size();
        }
        return found / (double) wanted;
    }

    private ClosedLoop.Result closed(Asker asker, int ef, int clients) throws Exception {
        return new ClosedLoop().run(clients, settings.seconds(), number -> ask(asker, ef, number));
    }

    private List<OpenLoop.Result> open(Asker asker, int ef) throws Exception {
        List<OpenLoop.Result> all = new ArrayList<>();
        for (double rate : settings.rates()) {
            Schedule schedule = Schedule.of(settings.arrivals(), rate, settings.seconds(), SEED);
            all.add(new OpenLoop().run(schedule, settings.clients(), settings.seconds(),
                    number -> ask(asker, ef, number)));
        }
        return all;
    }

    private void ask(Asker asker, int ef, long number) {
        asker.nearest(queries.get((int) (number % queries.size())), settings.k(), ef);
    }

    private void tell(CurvePoint point) {
        StringBuilder open = new StringBuilder();
        for (OpenLoop.Result one : point.open()) {
            open.append(String.format(Locale.ROOT, "  at %s/s p99 %s ms (%s/s)",
                    Table.number(one.wantedPerSecond()),
                    Table.number(one.latency().percentiles().p99Millis()),
                    Table.number(one.achievedPerSecond())));
        }
        say.accept(String.format(Locale.ROOT, "%-10s %-7s ef %-4d %s1 client %s/s  %d clients %s/s%s%s",
                point.side(), point.writing() ? "writing" : "round " + point.round(), point.ef(),
                point.recall() == null
                        ? ""
                        : String.format(Locale.ROOT, "recall %.4f  ", point.recall()),
                Table.number(point.one().perSecond()), point.many().clients(),
                Table.number(point.many().perSecond()), point.allocatedPerQuery() == null
                        ? ""
                        : "  " + Table.number(point.allocatedPerQuery()) + " B/query",
                open));
    }
}
