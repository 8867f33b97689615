package io.forebay.etl;

import io.forebay.etl.job.JobState;
import io.forebay.etl.pipeline.JobContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Removes what is not needed any more: jobs that ended long ago, files that no job can use, commits of collections that are
 * gone. One thread at a time ({@code import-sweep}).
 */
final class Housekeeping {
    private final JobContext context;
    private final SpoolFolder spool;
    private final JobFiles files;

    Housekeeping(JobContext context, SpoolFolder spool) {
        this.context = context;
        this.spool = spool;
        this.files = new JobFiles(context.store(), spool);
    }

    /** At the start and every hour. */
    void sweep() {
        long before = System.currentTimeMillis() - context.options().keepMillis();
        List<UUID> old = new ArrayList<>();
        context.store().visit(kept -> {
            if (kept.status().state.isFinal() && kept.status().endedMillis < before) {
                old.add(kept.id());
            }
            return true;
        });
        old.forEach(context.store()::delete);
        spool.sweep(needed(), context.options().orphanMillis());
        context.history().sweep();
    }

    private Set<String> needed() {
        return files.needed(System.currentTimeMillis() - context.options().orphanMillis());
    }

    /** Files of jobs that ended well go at once. */
    void freeFiles() {
        Set<String> needed = needed();
        List<String> done = new ArrayList<>();
        context.store().visit(kept -> {
            if (kept.status().state == JobState.COMPLETED) {
                done.addAll(JobFiles.of(kept));
            }
            return true;
        });
        done.stream().filter(name -> !needed.contains(name)).forEach(spool::deleteAll);
    }

    /** Files of this job, which ended, go at once if all went well. */
    void freeFiles(UUID ended) {
        files.free(ended);
    }
}
