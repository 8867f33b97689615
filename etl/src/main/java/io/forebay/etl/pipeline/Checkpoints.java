package io.forebay.etl.pipeline;

import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.LiveJob;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import org.rocksdb.WriteBatch;

/** Writes checkpoints, waiting while the disk has no room for one. */
final class Checkpoints {
    private static final long PAUSE_MILLIS = 2_000;

    private Checkpoints() {}

    /** Only where it stands. */
    static void write(JobContext context, LiveJob job, JobStatus status)
            throws StoppedException, InterruptedException {
        try (WriteBatch batch = new WriteBatch()) {
            context.store().put(batch, job.id, status);
            write(context, job, batch);
        }
    }

    static void write(JobContext context, LiveJob job, WriteBatch batch)
            throws StoppedException, InterruptedException {
        boolean waited = false;
        while (true) {
            try {
                context.db().write(batch, false);
                if (waited) {
                    job.update(s -> s.phase = s.stage);
                }
                return;
            } catch (ForebayException full) {
                if (full.code() != ErrorCode.INSUFFICIENT_STORAGE) {
                    throw full;
                }
                job.update(s -> s.phase = "waiting: " + full.getMessage());
                waited = true;
            }
            if (job.stop.await(PAUSE_MILLIS)) {
                throw new StoppedException();
            }
        }
    }
}
