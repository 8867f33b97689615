package io.forebay.bench.migrate;

import io.forebay.bench.http.ChromaInstall;
import io.forebay.bench.http.ChromaServer;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.RecordBatch;
import io.forebay.server.migrate.Differences;
import io.forebay.server.migrate.Migration;
import io.forebay.server.migrate.MigrationSettings;
import io.forebay.server.migrate.MigrationSettings.OnExisting;
import io.forebay.server.migrate.MigrationSettings.Verify;
import io.forebay.server.migrate.MigrationState;
import io.forebay.server.migrate.MigrationTarget;
import io.forebay.server.migrate.PageReader;
import io.forebay.server.migrate.Place;
import io.forebay.server.migrate.PlannedCollection;
import io.forebay.server.migrate.ServerAddress;
import io.forebay.server.migrate.ServerSource;
import io.forebay.server.migrate.SourceCollection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads one collection with the requests of a migration, once to throw away what comes and once to migrate it, in turns,
 * from Chroma's own server and from this build; the ratio of the two rates of one round is the figure.
 *
 * <p>Twice: with everything on all processors, where source, migration and target take each other's time; and with the
 * source on a processor of its own, as if it were a machine of its own.
 */
public final class MigrateBench {
    private static final String COLLECTION = "records";
    private static final double WANTED = 0.8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BATCH = 1_000;

    private final MigrateSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> say;
    private boolean canPin;

    public MigrateBench(MigrateSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> say) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.say = say;
    }

    public void measure() throws IOException, InterruptedException {
        canPin = Cpus.canPin();
        if (!canPin) {
            note("everything on the same processors: there is no taskset here, or one processor only");
        }
        if (settings.sources().contains("chroma")) {
            chroma();
        }
        if (!settings.sources().contains("forebay_http") && !settings.sources().contains("forebay_binary")) {
            return;
        }
        ServerProcess from = ServerProcess.start(workspace.newDirectory("from"), true, Durability.SYNC);
        try {
            fill(from.address());
            measure("forebay_http", from.address(), from.handle());
            measure("forebay_binary", from.binaryAddress(), from.handle());
        } finally {
            from.close();
        }
    }

    private void chroma() throws IOException, InterruptedException {
        String how = settings.chroma();
        if (how == null) {
            note("without Chroma's own server, as asked");
            return;
        }
        ChromaInstall install;
        ChromaServer server;
        try {
            install = ChromaInstall.of(workspace, how);
            server = new ChromaServer(install, workspace.newDirectory("chroma"));
        } catch (IOException e) {
            note("without Chroma's own server, which does not run here: " + e.getMessage());
            return;
        }
        note("Chroma's own server is of " + install.about());
        try (server) {
            URI address = URI.create("http://127.0.0.1:" + server.port());
            fill(address);
            measure("chroma", address, server.process());
        }
    }

    private void note(String text) {
        result.note(text);
        say.accept(text);
    }

    private void fill(URI address) {
        say.accept("filling " + address + " with " + settings.records() + " records");
        BatchSource batches = new BatchSource(data, Payload.RECORDS, BATCH, settings.records());
        try (ForebayClient client = ForebayClient.builder(address).build()) {
            CollectionClient made = client.createCollection(COLLECTION,
                    CollectionConfig.of(data.dataset().space()));
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                made.write(batch);
            }
            if (ServerSource.connect(server(address)).kind() == ServerSource.Kind.FOREBAY) {
                made.flush(FlushPosition.LINKED);
            }
        }
    }

    private void measure(String name, URI address, ProcessHandle process)
            throws IOException, InterruptedException {
        if (!settings.sources().contains(name)) {
            return;
        }
        for (String cpus : settings.cpus()) {
            boolean apart = cpus.equals("apart");
            if (apart && !canPin) {
                continue;
            }
            ServerProcess to = ServerProcess.start(workspace.newDirectory("to"), true, Durability.SYNC);
            try (ServerSource source = ServerSource.connect(server(address))) {
                pin(process, apart ? Cpus.first() : Cpus.all());
                pin(to.handle(), apart ? Cpus.others() : Cpus.all());
                pin(ProcessHandle.current(), apart ? Cpus.others() : Cpus.all());
                rounds(name, cpus, source, process, to);
            } finally {
                to.close();
                pin(process, Cpus.all());
                pin(ProcessHandle.current(), Cpus.all());
            }
        }
    }

    private void pin(ProcessHandle process, String list) throws IOException, InterruptedException {
        if (canPin) {
            Cpus.pin(process, list);
        }
    }

    private void rounds(String name, String cpus, ServerSource source, ProcessHandle process,
            ServerProcess to) throws IOException, InterruptedException {
        Measure measure = new Measure(name, cpus, process, to.handle());
        List<MigrateRun> delivered = new ArrayList<>();
        List<MigrateRun> migrated = new ArrayList<>();
        for (int round = settings.firstRound(); round <= settings.rounds(); round++) {
            MigrateRun deliver = run(measure, "deliver", round, () -> deliver(source));
            MigrateRun migrate = run(measure, "migrate", round, () -> migrate(source, to));
            if (round > 0) {
                delivered.add(deliver);
                migrated.add(migrate);
                result.run(deliver).run(migrate);
            }
        }
        String key = name + "_" + cpus;
        result.figure(Figure.of(key + "_delivered", "all pages of the source, thrown away", "records/s",
                Summary.of(delivered, MigrateRun::recordsPerSecond)));
        result.figure(Figure.of(key + "_migrated", "until the last record is acknowledged", "records/s",
                Summary.of(migrated, MigrateRun::recordsPerSecond)));
        result.figure(Figure.of(key + "_migrated_over_delivered", "of each round", "x",
                Summary.ofRatios(migrated, delivered, MigrateRun::recordsPerSecond)).wanting(WANTED));
        result.figure(Figure.of(key + "_cpu_source", "CPU time while it is migrated", "us/record",
                Summary.of(migrated, MigrateRun::sourceMicros)));
        result.figure(Figure.of(key + "_cpu_migration", "of the process that migrates", "us/record",
                Summary.of(migrated, MigrateRun::ownMicros)));
        result.figure(Figure.of(key + "_cpu_target", "with what its indexers do meanwhile", "us/record",
                Summary.of(migrated, MigrateRun::targetMicros)));
        result.figure(Figure.of(key + "_cpu_delivered_over_migrated", "of all, of each round", "x",
                Summary.ofRatios(delivered, migrated, MigrateRun::micros)));
        result.figure(Figure.of(key + "_others", "share of all processors that others took", "",
                Summary.of(migrated, MigrateRun::othersShare)));
    }

    /** What is read, and the processes whose CPU time counts. */
    private record Measure(String name, String cpus, ProcessHandle source, ProcessHandle target) {}

    /** Takes so many seconds. */
    private interface Work {
        double seconds() throws IOException, InterruptedException;
    }

    private MigrateRun run(Measure measure, String what, int round, Work work)
            throws IOException, InterruptedException {
        CpuMeter source = CpuMeter.start(measure.source);
        CpuMeter target = CpuMeter.start(measure.target);
        double seconds = work.seconds();
        CpuMeter.Usage atTarget = target.stop();
        CpuMeter.Usage atSource = source.stop();
        double micros = 1e6 / settings.records();
        double cores = Math.max(1, Cpus.count());
        double others = atSource.othersShare() * Runtime.getRuntime().availableProcessors() / cores
                - atTarget.serverSeconds() / (atSource.wallSeconds() * cores);
        MigrateRun run = new MigrateRun(measure.name, measure.cpus, what, round, seconds,
                settings.records() / seconds, atSource.serverSeconds() * micros,
                atSource.ownSeconds() * micros, atTarget.serverSeconds() * micros, Math.max(0, others));
        say.accept(String.format(Locale.ROOT,
                "%-15s %-7s %-8s %-8s %,9.0f records/s, CPU us a record: source %.0f, this %.0f, target %.0f",
                measure.name, measure.cpus, what, round == 0 ? "warm-up" : "round " + round,
                run.recordsPerSecond(), run.sourceMicros(), run.ownMicros(), run.targetMicros()));
        return run;
    }

    /** With the requests of a migration; what comes is thrown away as it comes. */
    private double deliver(ServerSource source) {
        SourceCollection collection = source.collections(new Place("default_tenant", "default_database"))
                .stream().filter(one -> one.name().equals(COLLECTION)).findFirst().orElseThrow();
        long begun = System.nanoTime();
        long records = read(new PageReader<>(source, collection, 0, settings.readers(),
                ids -> source.raw(collection, ids)));
        if (records != settings.records()) {
            throw new IllegalStateException("read " + records + " of " + settings.records());
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private static ServerAddress server(URI uri) {
        return new ServerAddress(uri, null, null, PATIENCE);
    }

    private static long read(PageReader<Long> pages) {
        long records = 0;
        while (pages.hasNext()) {
            PageReader.Read<Long> next = pages.next();
            pages.took(next.ids().size(), next.waited());
            records += next.ids().size();
        }
        return records;
    }

    private double migrate(ServerSource source, ServerProcess to) throws IOException, InterruptedException {
        Path file = workspace.newDirectory("state").resolve("state");
        MigrationSettings all = new MigrationSettings(List.of(), List.of(), Set.of(COLLECTION),
                OnExisting.REFUSE, Verify.COUNTS, settings.readers(), 1, true);
        try (MigrationTarget target = MigrationTarget.connect(server(to.binaryAddress()));
                MigrationState state = MigrationState.create(file, "from", "to")) {
            Migration migration = new Migration(source, target, all);
            Migration.Plan plan = migration.plan(null);
            migration.run(plan, state, new Silent());
            PlannedCollection one = plan.collections().getFirst();
            if (!one.isFine()) {
                Differences found = one.differences();
                throw new IOException("the migration failed: " + one.failure()
                        + (found == null ? "" : " " + found.told()));
            }
            try (ForebayClient client = ForebayClient.connect(to.address().toString())) {
                client.deleteCollection(COLLECTION);
            }
            return one.seconds();
        }
    }

    private static final class Silent implements Migration.Listener {
        @Override
        public void refused(SourceCollection collection, String id, String reason) {}

        @Override
        public void ended(PlannedCollection collection) {}
    }
}
