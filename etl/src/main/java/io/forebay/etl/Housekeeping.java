package io.forebay.etl;

import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.pipeline.JobContext;
import java.util.ArrayList;
import java.util.HashSet;
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

    Housekeeping(JobContext context, SpoolFolder spool) {
        this.context = context;
        this.spool = spool;
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
        spool.sweep(named(), context.options().orphanMillis());
        context.history().sweep();
    }

    /** Files of jobs that ended well go at once. */
    void freeFiles() {
        Set<String> named = named();
        List<String> done = new ArrayList<>();
        context.store().visit(kept -> {
            if (kept.status().state == JobState.COMPLETED) {
                done.addAll(files(kept));
            }
            return true;
        });
        done.stream().filter(name -> !named.contains(name)).forEach(spool::deleteAll);
    }

    /** The files of a job that ended go at once if all went well and no other job names them. */
    void freeFiles(UUID ended) {
        JobStore.Kept job = context.store().find(ended);
        if (job == null || job.status().state != JobState.COMPLETED || job.status().failed > 0) {
            return;
        }
        List<String> files = files(job);
        context.store().visit(kept -> {
            if (!kept.id().equals(ended)) {
                files.removeAll(files(kept));
            }
            return !files.isEmpty();
        });
        files.forEach(spool::deleteAll);
    }

    /** Files of jobs that are not over, or ended not long ago with something that can be tried again. */
    private Set<String> named() {
        long before = System.currentTimeMillis() - context.options().orphanMillis();
        Set<String> named = new HashSet<>();
        context.store().visit(kept -> {
            JobStatus status = kept.status();
            boolean retryable = status.state != JobState.COMPLETED || status.failed > 0;
            if (!status.state.isFinal() || retryable && status.endedMillis > before) {
                named.addAll(files(kept));
            }
            return true;
        });
        return named;
    }

    private static List<String> files(JobStore.Kept kept) {
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
