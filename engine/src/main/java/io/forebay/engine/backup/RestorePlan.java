package io.forebay.engine.backup;

import io.forebay.engine.ForkEntries;
import io.forebay.engine.backup.BackupException.Reason;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which backup, which log, and where that ends.
 *
 * @param seqId     what the store will be as of
 * @param cutSeqId  behind which the log is ended
 * @param nextSeqId from which the store goes on
 */
record RestorePlan(Manifest base, LogReach log, long seqId, long cutSeqId, long nextSeqId) {

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

    static RestorePlan of(Repository repository, Restoring.Wish wish) {
        List<Manifest> all = repository.manifests();
        Survivor survivor = Survivor.of(wish.survivor());
        Long seqId = wish.seqId();
        String id = wish.id();
        List<Manifest> candidates = id != null ? List.of(repository.manifest(id)) : all.reversed();
        if (candidates.isEmpty()) {
            throw new BackupException(Reason.MISSING,
                    "there is no backup that can be read in " + repository.directory());
        }
        long next = next(all, survivor);
        for (Manifest base : candidates) {
            LogReach log = reach(repository, base, all, seqId, survivor);
            if (seqId == null) {
                // Everything, unless a fork ends it.
                return new RestorePlan(base, log, log.toSeqId(),
                        survivor == null ? Long.MAX_VALUE : log.toSeqId(),
                        next);
            }
            if (seqId >= base.fromSeqId() && seqId <= log.toSeqId()) {
                return new RestorePlan(base, log, seqId, seqId, next);
            }
        }
        throw new BackupException(Reason.IMPOSSIBLE, "seqId " + seqId + " cannot be restored; what can be: "
                + ranges(repository, candidates, all, survivor));
    }

    /** Without a wish for a moment a backup is restored as it was made, or with all that the store left. */
    private static LogReach reach(Repository repository, Manifest base, List<Manifest> all,
            @Nullable Long seqId, @Nullable Survivor survivor) {
        LogReach log = seqId == null && survivor == null
                ? new LogReach(repository, base)
                : LogReach.of(repository, base, all);
        if (survivor != null) {
            log.addSurvivor(survivor.scan(), survivor.forks());
        }
        return log;
    }

    private static long next(List<Manifest> all, @Nullable Survivor survivor) {
        long last = all.stream().mapToLong(Manifest::toSeqId).max().orElse(0);
        return 1 + Math.max(last, survivor == null ? 0 : survivor.scan().nextSeqId() - 1);
    }

    private static String ranges(Repository repository, List<Manifest> candidates, List<Manifest> all,
            @Nullable Survivor survivor) {
        StringBuilder text = new StringBuilder();
        for (Manifest base : candidates) {
            text.append(text.isEmpty() ? "" : ", ").append(base.fromSeqId()).append(" to ")
                    .append(reach(repository, base, all, 0L, survivor).toSeqId());
        }
        return text.toString();
    }
}
