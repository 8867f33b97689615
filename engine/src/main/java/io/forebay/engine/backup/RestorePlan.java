package io.forebay.engine.backup;

import io.forebay.engine.ForkEntries;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.engine.manifest.StoreId.RestoredFrom;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which backup, which log, and where that ends.
 *
 * @param seqId     what the store will be as of: the log is ended behind it, since the files of a log that goes on while it
 *                  is copied may have more than its backup says
 * @param nextSeqId from which the store goes on
 * @param from      which backups the store goes on from
 * @param note      what else there is to say
 */
record RestorePlan(Manifest base, LogReach log, long seqId, long nextSeqId, @Nullable RestoredFrom from,
        @Nullable String note) {
    /** So many seqIds are left out when a manifest cannot be read, which may know of higher ones than all others. */
    static final long GAP = 1L << 40;

    /** What the store left. */
    private record Survivor(WalScan scan, List<Long> forks) {
        static @Nullable Survivor of(@Nullable Path directory) {
            if (directory == null) {
                return null;
            }
            List<Long> forks = new ArrayList<>();
            WalScan scan = WalTools.scan(WalTools.logDirectory(directory), (frame, payload) -> {
                if (ForkEntries.isFork(frame, payload)) {
                    forks.add(frame.maxSeqId());
                }
            });
            return new Survivor(scan, forks);
        }
    }

    /** A log, and why that of the survivor is not in it, or not all of it. */
    private record Reach(LogReach log, @Nullable String without) {}

    static RestorePlan of(Repository repository, Restoring.Wish wish) {
        List<Repository.Found> found = repository.list();
        List<Manifest> all = new ArrayList<>();
        for (Repository.Found one : found) {
            if (one.manifest() != null) {
                all.add(one.manifest());
            }
        }
        Survivor survivor = Survivor.of(wish.survivor());
        Long seqId = wish.seqId();
        String id = wish.id();
        List<Manifest> candidates = id != null ? List.of(repository.manifest(id)) : all.reversed();
        if (candidates.isEmpty()) {
            throw new BackupException(Reason.MISSING,
                    "there is no backup that can be read in " + repository.directory());
        }
        long next = next(all, survivor);
        String note = null;
        if (all.size() < found.size()) {
            next += GAP;
            note = "a backup cannot be read (forebay backup list), and may know of later seqIds:"
                    + " the store goes on from " + next;
        }
        if (seqId == null) {
            return whole(repository, candidates.getFirst(), all, survivor, next, note);
        }
        for (Manifest base : candidates) {
            LogReach log = reach(repository, base, all, seqId, survivor).log();
            if (seqId >= base.fromSeqId() && seqId <= log.toSeqId()) {
                return new RestorePlan(base, log, seqId, next, Ownership.newest(all), note);
            }
        }
        String without = reach(repository, candidates.getFirst(), all, seqId, survivor).without();
        throw new BackupException(Reason.IMPOSSIBLE, "seqId " + seqId + " cannot be restored; what can be: "
                + ranges(repository, candidates, all, survivor)
                + (without == null ? "" : "; of the log in " + wish.survivor() + ": " + without));
    }

    /** Everything, unless a fork ends it. A log that adds nothing is refused: who names it wants what is in it. */
    private static RestorePlan whole(Repository repository, Manifest base, List<Manifest> all,
            @Nullable Survivor survivor, long next, @Nullable String note) {
        Reach reach = reach(repository, base, all, null, survivor);
        LogReach log = reach.log();
        String without = reach.without();
        RestoredFrom from = Ownership.newest(all);
        if (survivor == null) {
            return new RestorePlan(base, log, log.toSeqId(), next, from, note);
        }
        if (without != null && !log.hasSurvivor()) {
            throw new BackupException(Reason.IMPOSSIBLE, "the log in " + survivor.scan().directory()
                    + " does not continue backup " + base.id() + ": " + without
                    + "; without --wal the backup alone is restored, with --backup another one");
        }
        String cut = without == null ? null : "of the log: " + without;
        return new RestorePlan(base, log, log.toSeqId(), next, from,
                note == null ? cut : cut == null ? note : note + "; " + cut);
    }

    /** Without a wish for a moment a backup is restored as it was made, or with all that the store left. */
    private static Reach reach(Repository repository, Manifest base, List<Manifest> all,
            @Nullable Long seqId, @Nullable Survivor survivor) {
        LogReach log = seqId == null && survivor == null
                ? new LogReach(repository, base)
                : LogReach.of(repository, base, all);
        return new Reach(log, survivor == null ? null : log.addSurvivor(survivor.scan(), survivor.forks()));
    }

    /** One is left out: as of that is a backup of the restored store before it writes anything. */
    private static long next(List<Manifest> all, @Nullable Survivor survivor) {
        long last = all.stream().mapToLong(Manifest::toSeqId).max().orElse(0);
        return 2 + Math.max(last, survivor == null ? 0 : survivor.scan().nextSeqId() - 1);
    }

    private static String ranges(Repository repository, List<Manifest> candidates, List<Manifest> all,
            @Nullable Survivor survivor) {
        StringBuilder text = new StringBuilder();
        for (Manifest base : candidates) {
            text.append(text.isEmpty() ? "" : ", ").append(base.fromSeqId()).append(" to ")
                    .append(reach(repository, base, all, 0L, survivor).log().toSeqId());
        }
        return text.toString();
    }
}
