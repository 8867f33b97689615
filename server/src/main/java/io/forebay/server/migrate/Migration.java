package io.forebay.server.migrate;

import io.forebay.client.CollectionClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.migrate.MigrationSettings.Verify;
import io.forebay.server.migrate.PlannedCollection.Existing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Copies all collections that were asked for, several at the same time, and compares each with its source.
 *
 * <p>Threads: {@link #plan} and {@link #run} by one; {@code migrate-n} work on the collections.
 *
 * <p>Failure: a collection that fails does not stop the others; its reason is kept with it, and the state file says from
 * where to go on.
 */
public final class Migration {
    private static final String FORK = "-migrate-";
    private static final int NAME_CHARS_MAX = 480;

    /** Told of what happens, by several threads. */
    public interface Listener {
        /** The target does not take a record. */
        void refused(SourceCollection collection, String id, String reason);

        void ended(PlannedCollection collection);
    }

    private final ServerSource source;
    private final MigrationTarget target;
    private final MigrationSettings settings;
    private final long seed = ThreadLocalRandom.current().nextLong();
    /** Places of the source without collections. */
    private final Set<Place> empty = new TreeSet<>();

    public Migration(ServerSource source, MigrationTarget target, MigrationSettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
    }

    /** Nothing is to be done with it, and the reason. */
    public record LeftOut(SourceCollection collection, String reason) {}

    /**
     * What is to be done.
     *
     * @param conflicts of the target, for which nothing may be done
     */
    public record Plan(List<PlannedCollection> collections, List<LeftOut> leftOut, List<String> conflicts) {
        public long records() {
            return collections.stream().mapToLong(PlannedCollection::expected).sum();
        }
    }

    /** Looks at both servers, changes nothing. */
    public Plan plan(@Nullable MigrationState state) {
        Plan plan = new Plan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<String> missing = new TreeSet<>(settings.collections());
        for (Place place : source.places(settings.tenants(), settings.databases())) {
            List<SourceCollection> there = source.collections(place);
            if (there.isEmpty()) {
                empty.add(place);
            }
            for (SourceCollection collection : there) {
                boolean isNamed = settings.collections().contains(collection.name());
                missing.remove(collection.name());
                if (!isNamed && !settings.collections().isEmpty()) {
                    continue;
                }
                if (!isNamed && isOurFork(collection)) {
                    plan.leftOut.add(new LeftOut(collection,
                            "by its name a fork that a migration has made; --collection copies it"));
                } else {
                    plan(collection, state, plan);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw ForebayException.notFound("there is no collection " + String.join(", ", missing) + " at "
                    + source.about());
        }
        return plan;
    }

    /** Chroma has no forks. */
    private boolean isOurFork(SourceCollection collection) {
        return source.kind() == ServerSource.Kind.FOREBAY
                && collection.name().matches(".*" + FORK + "\\d{13}");
    }

    private void plan(SourceCollection collection, @Nullable MigrationState state, Plan plan) {
        MigrationState.Progress earlier = state == null ? null : state.of(collection.id());
        String name = earlier == null || earlier.targetName == null
                ? collection.name()
                : earlier.targetName;
        CollectionClient there = target.find(collection.place(), name);
        Existing existing = there == null ? Existing.NOTHING : Existing.OTHERS;
        if (earlier != null && earlier.targetName != null) {
            if (there != null && isOurs(earlier, there)) {
                existing = earlier.isTaken ? Existing.OTHERS : Existing.OURS;
            } else if (earlier.target != null) {
                plan.conflicts
                        .add(collection + ": what an earlier run made at the target is not there any more");
                return;
            }
        }
        boolean isTaken = earlier != null && earlier.isTaken && there != null;
        if (existing == Existing.OTHERS && !isTaken) {
            switch (settings.onExisting()) {
                case REFUSE -> {
                    plan.conflicts.add(collection.place() + "/" + name);
                    return;
                }
                case SKIP -> {
                    plan.leftOut.add(new LeftOut(collection, "the target has one of that name"));
                    return;
                }
                case RENAME -> {
                    name = freeName(collection);
                    existing = Existing.NOTHING;
                }
                case MERGE -> {
                    String why = unlike(collection, there);
                    if (why != null) {
                        plan.conflicts.add(collection + ": " + why);
                        return;
                    }
                }
            }
        }
        plan.collections.add(new PlannedCollection(collection, name, existing, source.count(collection)));
    }

    /** Also one that was made just before a crash, so that nobody wrote down its id. */
    private static boolean isOurs(MigrationState.Progress earlier, CollectionClient there) {
        return there.id().equals(earlier.target) || (earlier.target == null && there.count() == 0);
    }

    private @Nullable String unlike(SourceCollection collection, @Nullable CollectionClient there) {
        if (there == null) {
            return null;
        }
        if (there.description().space() != collection.config().hnsw().space()) {
            return "cannot be merged, the target's has space " + there.description().space().wireName();
        }
        int dimension = there.description().dimension();
        return dimension != 0 && collection.dimension() != 0 && dimension != collection.dimension()
                ? "cannot be merged, the target's has dimension " + dimension
                : null;
    }

    private String freeName(SourceCollection collection) {
        for (int i = 1;; i++) {
            String name = collection.name() + "-migrated" + (i == 1 ? "" : "-" + i);
            if (target.find(collection.place(), name) == null) {
                return name;
            }
        }
    }

    /** Does what is planned. Empty databases are made too. */
    public void run(Plan plan, MigrationState state, Listener listener)
            throws InterruptedException, IOException {
        Set<Place> places = new TreeSet<>(settings.collections().isEmpty() ? empty : Set.of());
        plan.collections.forEach(one -> places.add(one.source().place()));
        places.forEach(target::prepare);
        Queue<PlannedCollection> waiting = new ConcurrentLinkedQueue<>(plan.collections);
        MigrateThreads.all(Math.min(settings.parallel(), plan.collections.size()), () -> {
            for (PlannedCollection next = waiting.poll(); next != null; next = waiting.poll()) {
                one(next, state, listener);
            }
        });
        if (plan.collections.stream().allMatch(PlannedCollection::isFine)) {
            state.finished();
        }
    }

    private void one(PlannedCollection planned, MigrationState state, Listener listener) {
        try {
            copyAndCompare(planned, state, listener);
        } catch (ForebayException | IOException e) {
            planned.failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error defect) {
            planned.failed("a defect: " + defect);
        }
        listener.ended(planned);
    }

    private void copyAndCompare(PlannedCollection planned, MigrationState state, Listener listener)
            throws IOException {
        MigrationState.Progress progress = state.of(planned.source().id());
        CollectionClient there = made(planned, state);
        SourceCollection read = held(planned.source(), state, progress);
        if (progress.complete) {
            planned.resumed(progress.records - progress.refused, progress.refused);
        } else {
            long begun = System.nanoTime();
            new CollectionCopy(source, read, there, planned, state, settings.readers(),
                    (id, reason) -> listener.refused(planned.source(), id, reason)).run();
            planned.took((System.nanoTime() - begun) / 1e9);
            state.complete(planned.source());
        }
        compare(planned, read, there, progress.refusedIds);
        if (progress.fork != null) {
            source.drop(planned.source().place(), progress.fork);
            state.forked(planned.source(), null);
        }
    }

    private CollectionClient made(PlannedCollection planned, MigrationState state) throws IOException {
        SourceCollection collection = planned.source();
        MigrationState.Progress progress = state.of(collection.id());
        boolean isTaken = planned.existing() == Existing.OTHERS;
        if (progress.isTaken != isTaken || !planned.targetName().equals(progress.targetName)) {
            state.creating(collection, planned.targetName(), isTaken);
        }
        CollectionClient there = target.find(collection.place(), planned.targetName());
        if (there == null) {
            there = target.create(collection, planned.targetName());
        }
        if (progress.target == null) {
            state.created(collection, there.id());
        }
        return there;
    }

    /** What is read: of a Forebay a fork, which nobody changes, of Chroma the collection itself. */
    private SourceCollection held(SourceCollection collection, MigrationState state,
            MigrationState.Progress progress) throws IOException {
        String name = progress.fork;
        if (name != null) {
            SourceCollection kept = source.find(collection.place(), name);
            if (kept != null) {
                return kept;
            }
        }
        if (!settings.fork() || source.kind() != ServerSource.Kind.FOREBAY || progress.complete) {
            return collection;
        }
        String start = collection.name();
        name = start.substring(0, Math.min(start.length(), NAME_CHARS_MAX)) + FORK
                + System.currentTimeMillis();
        state.forked(collection, name);
        try {
            return source.fork(collection, name);
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.PERMISSION_DENIED) {
                state.forked(collection, null); // there is none; of other failures nobody knows
            }
            throw e;
        }
    }

    private void compare(PlannedCollection planned, SourceCollection read, CollectionClient there,
            Set<String> refused) {
        if (settings.verify() == Verify.NONE) {
            return;
        }
        Comparison comparison = new Comparison(source, read, there, planned, refused);
        comparison.counts(planned.existing() == Existing.OTHERS);
        // Records that were there before are not ours to compare.
        boolean comparable = planned.existing() != Existing.OTHERS;
        if (comparable && settings.verify() == Verify.FULL) {
            comparison.all(settings.readers());
        } else if (comparable && settings.verify() == Verify.SAMPLE) {
            comparison.sample(seed);
        }
        planned.compared(comparison.found());
    }
}
