package io.forebay.etl;

import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Which spool files jobs need. Threads: any; a job that is retried meanwhile is none whose files may go. */
record JobFiles(JobStore store, SpoolFolder spool) {
    /** The files of a job that ended go at once if all went well and no other kept job names them. */
    void free(UUID ended) {
        JobStore.Kept job = store.find(ended);
        if (job == null || isRetryable(job.status())) {
            return;
        }
        List<String> files = of(job);
        store.visit(kept -> {
            if (!kept.id().equals(ended)) {
                files.removeAll(of(kept));
            }
            return !files.isEmpty();
        });
        files.forEach(spool::deleteAll);
    }

    /** Of jobs that are not over, or ended not before this moment with something that can be tried again. */
    Set<String> needed(long endedMillisMin) {
        Set<String> needed = new HashSet<>();
        store.visit(kept -> {
            JobStatus status = kept.status();
            if (!status.state.isFinal() || isRetryable(status) && status.endedMillis > endedMillisMin) {
                needed.addAll(of(kept));
            }
            return true;
        });
        return needed;
    }

    private static boolean isRetryable(JobStatus status) {
        return status.state != JobState.COMPLETED || status.failed > 0;
    }

    /** Names without those of what belongs to the files. */
    static List<String> of(JobStore.Kept kept) {
        List<String> files = new ArrayList<>();
        files.add(kept.id() + ".fetched");
        if (kept.request().source() instanceof JobSource.Spooled spooled) {
            files.add(spooled.file());
            if (spooled.sideFile() != null) {
                files.add(spooled.sideFile());
            }
        }
        return files;
    }
}
