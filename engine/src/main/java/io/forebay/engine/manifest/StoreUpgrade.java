package io.forebay.engine.manifest;

import io.forebay.engine.manifest.ManifestException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every opening of a store does with its manifest: {@link #of} before anything is touched, which refuses what
 * is newer or damaged; {@link #run} with the store's lock, which brings an older store up to date, one {@link
 * Migration} after the other, and notes who opened it.
 *
 * <p>Threads: one owner. Invariant: the manifest says format n + 1 only when the step from n is done; what is in it is
 * synced.
 *
 * <p>Failure: {@link ManifestException}; a start after a crash goes on with the step that was not finished.
 */
public final class StoreUpgrade {
    private static final Logger LOG = LoggerFactory.getLogger(StoreUpgrade.class);

    private final Path store;
    private final boolean isNew;
    private final List<Migration> migrations;

    private StoreUpgrade(Path store, boolean isNew, List<Migration> migrations) {
        this.store = store;
        this.isNew = isNew;
        this.migrations = migrations;
    }

    /** Changes nothing; the directory need not exist. */
    public static StoreUpgrade of(Path store) {
        return of(store, Migration.ALL);
    }

    static StoreUpgrade of(Path store, List<Migration> migrations) {
        readable(store, migrations.size());
        boolean isNew = !Files.exists(store.resolve("records").resolve("CURRENT"))
                && !Files.exists(store.resolve("wal"));
        return new StoreUpgrade(store, isNew, migrations);
    }

    /**
     * Refuses what this Forebay does not know.
     *
     * @return null for a store, or no store at all, without a manifest
     * @throws ManifestException NEWER, DAMAGED, IO
     */
    public static @Nullable StoreManifest readable(Path store) {
        return readable(store, Migration.ALL.size());
    }

    /**
     * For tools that mend or look into one part: a damaged manifest does not keep them from it.
     *
     * @throws ManifestException NEWER, IO
     */
    public static void refuseNewer(Path store) {
        try {
            readable(store);
        } catch (ManifestException refused) {
            if (refused.reason() != Reason.DAMAGED) {
                throw refused;
            }
            LOG.warn("{}", refused.getMessage());
        }
    }

    private static @Nullable StoreManifest readable(Path store, int known) {
        StoreManifest found = StoreManifest.read(store);
        if (found != null) {
            found.refuseNewer(store, known);
        }
        return found;
    }

    /** With the store's lock held, before anything but the log is opened. */
    public void run() {
        StoreManifest found = readable(store, migrations.size());
        String me = ForebayVersion.text();
        if (found == null && isNew) {
            StoreManifest.current(me, me).write(store);
            return;
        }
        StoreManifest at = found == null ? StoreManifest.none() : found;
        for (Migration next : migrations.subList(at.format(), migrations.size())) {
            at = migrated(next, at, me);
        }
        StoreManifest current = at.opened(me);
        if (!current.equals(at)) {
            current.write(store);
        }
    }

    private StoreManifest migrated(Migration migration, StoreManifest at, String me) {
        LOG.info("{}: from format {} to {}: {}", store, migration.from(), migration.from() + 1,
                migration.what());
        try {
            migration.step().run(store);
        } catch (IOException e) {
            throw new ManifestException(Reason.IO,
                    "cannot bring " + store + " from format " + migration.from()
                            + " to " + (migration.from() + 1) + " (" + migration.what() + "): " + e
                            + ". The next start tries again",
                    e);
        }
        StoreManifest next = new StoreManifest(migration.from() + 1, at.madeBy(), me, at.parts(),
                at.id());
        next.write(store);
        return next;
    }
}
