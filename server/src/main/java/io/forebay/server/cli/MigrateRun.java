package io.forebay.server.cli;

import io.forebay.server.migrate.Migration;
import io.forebay.server.migrate.MigrationSettings;
import io.forebay.server.migrate.MigrationSettings.OnExisting;
import io.forebay.server.migrate.MigrationState;
import io.forebay.server.migrate.MigrationTarget;
import io.forebay.server.migrate.PlannedCollection;
import io.forebay.server.migrate.PlannedCollection.Existing;
import io.forebay.server.migrate.ServerSource;
import io.forebay.server.migrate.SourceCollection;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code forebay migrate}: says what there is, copies it, tells how far it is and what came of it.
 *
 * <p>Failure: whatever ends it, Ctrl-C included, leaves a state file from which the same command with --resume goes on.
 */
final class MigrateRun {
    /** Of refused records so many are told one by one. */
    private static final int REFUSALS_TOLD_MAX = 100;

    private final MigrateCommand command;
    private final MigrationSettings settings;
    private final ServerSource source;
    private final MigrationTarget target;
    private final String to;
    private final PrintWriter out;
    private final PrintWriter err;
    private final AtomicLong refusals = new AtomicLong();

    MigrateRun(MigrateCommand command, MigrationSettings settings, ServerSource source,
            MigrationTarget target, URI to) {
        this.command = command;
        this.settings = settings;
        this.source = source;
        this.target = target;
        this.to = to.toString();
        this.out = command.spec.commandLine().getOut();
        this.err = command.spec.commandLine().getErr();
    }

    int run() throws IOException, InterruptedException {
        if (command.dryRun) {
            return dryRun();
        }
        if (!command.resume && MigrationState.isUnfinished(command.state)) {
            throw new CommandException("an earlier migration is not at its end (" + command.state
                    + "): --resume goes on with it; to begin anew remove that file");
        }
        try (MigrationState state = command.resume
                ? MigrationState.resume(command.state, command.from.toString(), to)
                : null) {
            return run(state);
        }
    }

    private int run(@Nullable MigrationState earlier) throws IOException, InterruptedException {
        Migration migration = new Migration(source, target, settings);
        Migration.Plan plan = migration.plan(earlier);
        if (!plan.conflicts().isEmpty()) {
            throw new CommandException("nothing was copied. The target has already:\n  "
                    + String.join("\n  ", plan.conflicts())
                    + "\n--on-existing merge, skip or rename says what is to be done; --resume goes on with an"
                    + " earlier migration");
        }
        if (earlier != null) {
            return copy(migration, plan, earlier);
        }
        try (MigrationState state = MigrationState.create(command.state, command.from.toString(), to)) {
            return copy(migration, plan, state);
        }
    }

    private int dryRun() throws IOException {
        Migration.Plan plan;
        if (command.resume) {
            try (MigrationState state = MigrationState.resume(command.state, command.from.toString(), to)) {
                plan = new Migration(source, target, settings).plan(state);
            }
        } else {
            plan = new Migration(source, target, settings).plan(null);
        }
        out.println("from " + source.about() + " to " + target.about() + ", nothing is changed:");
        for (PlannedCollection one : plan.collections()) {
            out.printf(Locale.ROOT, "  %s  %,d records, dimension %s, %s%s%n", one.source(), one.expected(),
                    one.source().dimension() == 0 ? "-" : one.source().dimension(),
                    one.source().config().hnsw().space().wireName(), what(one));
        }
        plan.leftOut().forEach(one -> out.println("  " + one.collection() + "  left out: " + one.reason()));
        plan.conflicts().forEach(one -> out.println("  " + one + "  is there already"));
        out.printf(Locale.ROOT, "%,d collections, %,d records%n", plan.collections().size(), plan.records());
        out.flush();
        return plan.conflicts().isEmpty() ? 0 : ForebayCommand.EXIT_FAILED;
    }

    private static String what(PlannedCollection one) {
        if (!one.targetName().equals(one.source().name())) {
            return ", as " + one.targetName();
        }
        return one.existing() == Existing.OTHERS
                ? ", merged into what is there"
                : one.existing() == Existing.OURS ? ", goes on" : "";
    }

    private int copy(Migration migration, Migration.Plan plan, MigrationState state)
            throws IOException, InterruptedException {
        if (!command.json) {
            out.printf(Locale.ROOT, "%,d collections with %,d records, from %s to %s%n",
                    plan.collections().size(), plan.records(), source.about(), target.about());
            plan.leftOut().forEach(
                    one -> out.println("  " + one.collection() + "  left out: " + one.reason()));
            out.flush();
        }
        MigrateDisplay display = new MigrateDisplay(out, command.json, plan);
        LoadInterrupt interrupt = LoadInterrupt.watch(() -> {
            display.end();
            err.println("forebay: stopped. " + hint());
            err.flush();
        });
        try {
            display.begin();
            migration.run(plan, state, new Migration.Listener() {
                @Override
                public void refused(SourceCollection collection, String id, String reason) {
                    tellRefused(collection, id, reason);
                }

                @Override
                public void ended(PlannedCollection collection) {
                    display.ended(collection);
                }
            });
        } catch (IOException | RuntimeException failure) {
            interrupt.awaitIfStopped();
            throw failure;
        } finally {
            interrupt.forget();
            display.end();
        }
        return finished(display, plan);
    }

    private void tellRefused(SourceCollection collection, String id, String reason) {
        long number = refusals.incrementAndGet();
        if (number <= REFUSALS_TOLD_MAX) {
            err.println("forebay: " + collection + ": the record '" + id + "' is refused: " + reason);
        } else if (number == REFUSALS_TOLD_MAX + 1) {
            err.println("forebay: further refused records are only counted");
        }
        err.flush();
    }

    private int finished(MigrateDisplay display, Migration.Plan plan) {
        display.summary();
        long failed = plan.collections().stream().filter(one -> !one.isFine()).count();
        if (failed > 0) {
            boolean goesOn = plan.collections().stream().anyMatch(one -> one.failure() != null);
            err.printf(Locale.ROOT, "forebay: of %,d collections %,d failed or are not the same.%s%n",
                    plan.collections().size(), failed, goesOn ? " " + hint() : "");
            err.flush();
            return ForebayCommand.EXIT_FAILED;
        }
        return plan.collections().stream().anyMatch(one -> one.refused() > 0)
                ? LoadCommand.EXIT_REFUSED
                : 0;
    }

    private String hint() {
        String rule = settings.onExisting() == OnExisting.REFUSE ? "" : " (with the same --on-existing)";
        return "The same command with --resume" + rule + " goes on from " + command.state + ".";
    }
}
