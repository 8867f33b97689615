package io.forebay.etl.pipeline;

import io.forebay.etl.job.LiveJob;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import org.rocksdb.WriteBatch;

/** Writes checkpoints, waiting while the disk has no room for one. */
final class Checkpoints {
    private static final long PAUSE_MILLIS = 2_000;

    private Checkpoints() {}

    static void write(JobContext context, LiveJob job, WriteBatch batch)
            throws StoppedException, InterruptedException {
        while (true) {
            try {
                context.db().write(batch, false);
                return;
            } catch (ForebayException full) {
                if (full.code() != ErrorCode.INSUFFICIENT_STORAGE) {
                    throw full;
                }
                job.update(s -> s.phase = "waiting: " + full.getMessage());
            }
            if (job.stop.await(PAUSE_MILLIS)) {
                throw new StoppedException();
            }
        }
    }
}
