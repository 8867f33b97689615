package io.forebay.engine.backup;

import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreId;
import io.forebay.engine.manifest.StoreId.RestoredFrom;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.snapshot.Snapshot.Item;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds that a repository is of one store: "the newest" and "as of seqId N" mean nothing among backups of two.
 *
 * <p>It belongs to the store of its newest backup that names one; older Forebays made backups that do not. That store may
 * add to it, and one that was restored from it, as long as the other has not gone on since: then all that the restored store
 * ever writes has seqIds above those that are there. With its first backup the repository is its own, and the other store
 * is refused. So of two that run side by side the first that makes a backup goes on there, and the other hears of it.
 */
final class Ownership {
    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    private Ownership() {}

    /** What a snapshot says of which store it is; null when it does not, or cannot be read. */
    static @Nullable StoreId of(Snapshot snapshot) {
        for (Item item : snapshot.items()) {
            if (item.path().equals(StoreManifest.FILE)) {
                try {
                    StoreManifest manifest = StoreManifest.readFile(item.file());
                    return manifest == null ? null : manifest.id();
                } catch (ManifestException damaged) {
                    LOG.warn("of which store the backup is cannot be told: {}", damaged.getMessage());
                }
            }
        }
        return null;
    }

    /** What a store goes on from that is restored from these backups, oldest first; null when they do not say. */
    static @Nullable RestoredFrom newest(List<Manifest> all) {
        for (Manifest one : all.reversed()) {
            UUID store = one.store();
            if (store != null) {
                return new RestoredFrom(store, one.toSeqId());
            }
        }
        return null;
    }

    /** @throws BackupException IMPOSSIBLE, when the backups are of another store */
    static void check(Repository repository, @Nullable StoreId mine) {
        RestoredFrom owner = newest(repository.manifests());
        if (owner == null || mine != null && mine.id().equals(owner.store())) {
            return;
        }
        RestoredFrom from = mine == null ? null : mine.restoredFrom();
        String since = "";
        if (from != null && from.store().equals(owner.store())) {
            if (from.seqId() >= owner.seqId()) {
                return;
            }
            since = ", which was restored from them as they were at seqId " + from.seqId()
                    + ": the other one has gone on to seqId " + owner.seqId();
        }
        String me = mine == null
                ? "a store without an id (its file " + StoreManifest.FILE
                        + " is of an older Forebay, damaged or missing)"
                : "store " + mine.id();
        throw new BackupException(Reason.IMPOSSIBLE, "the backups in " + repository.directory()
                + " are of store " + owner.store() + ", and this is " + me + since
                + ". Give each store a directory of its own");
    }
}
