package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.History;
import io.forebay.etl.commit.RowChange;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.LiveJob;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * Undoes a commit: rows that it added go, rows that it changed or took away are again as they were. A row that was changed
 * since is left alone (and told as an error), unless that is forced. The checkpoint is the last id dealt with.
 */
final class UndoRun {
    private final JobContext context;
    private final LiveJob job;
    private final JobSource.Undo undo;
    private final CommitDraft draft;
    private final EngineWriter writer;
    private final int size;
    private final List<History.Undo> steps = new ArrayList<>();
    /** About, of the rows in them. */
    private long bytes;

    UndoRun(JobContext context, LiveJob job, JobSource.Undo undo, CommitDraft draft, EngineWriter writer,
            int size) {
        this.context = context;
        this.job = job;
        this.undo = undo;
        this.draft = draft;
        this.writer = writer;
        this.size = size;
    }

    /** Carries a checked exception through a consumer. */
    private static final class Carried extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Carried(Exception cause) {
            super(cause);
        }
    }

    void run() throws StoppedException, InterruptedException {
        try {
            context.history().undo(draft.collection(), undo.commit(), job.status().afterId, step -> {
                steps.add(step);
                bytes += bytes(step.before());
                if (steps.size() >= size || bytes >= ChunkSizer.BYTES_MAX) {
                    carry();
                }
            });
            carry();
        } catch (Carried carried) {
            switch (carried.getCause()) {
                case StoppedException stopped -> throw stopped;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw carried;
            }
        }
    }

    private static long bytes(@Nullable StoredRecord row) {
        if (row == null) {
            return 0;
        }
        float[] vector = row.embedding();
        return (vector == null ? 0 : 4L * vector.length)
                + (row.document() == null ? 0 : row.document().length());
    }

    private void carry() {
        try {
            apply();
        } catch (StoppedException | InterruptedException e) {
            throw new Carried(e);
        }
    }

    private void apply() throws StoppedException, InterruptedException {
        if (steps.isEmpty()) {
            return;
        }
        if (job.stop.isStopped()) {
            throw new StoppedException();
        }
        JobStatus next = job.status();
        List<String> ids = new ArrayList<>();
        List<RowChange> changes = new ArrayList<>();
        List<StoredRecord> restored = new ArrayList<>();
        List<DocumentError> errors = new ArrayList<>();
        for (History.Undo step : steps) {
            if (step.changedSince() && !undo.force()) {
                errors.add(new DocumentError(next.processed, 0, null, step.id(), "it was changed since"));
            } else {
                ids.add(step.id());
                changes.add(new RowChange(step.id(), step.before(), step.sourceHash()));
                if (step.before() != null) {
                    restored.add(step.before());
                }
            }
            next.processed++;
        }
        EngineWriter.Logged logged = write(ids, restored, next.batches, changes, errors);
        next.lastSeqId = Math.max(next.lastSeqId, logged.seqId());
        next.batches++;
        next.failed += errors.size();
        next.deleted += ids.size() - restored.size();
        next.updated += restored.size();
        next.bytesProcessed = next.processed;
        next.afterId = steps.getLast().id();
        try (WriteBatch batch = new WriteBatch()) {
            draft.put(batch, changes, logged.operations());
            errors.forEach(error -> context.store().put(batch, job.id, error));
            context.store().put(batch, job.id, next);
            Checkpoints.write(context, job, batch);
        }
        job.written(next);
        steps.clear();
        bytes = 0;
    }

    /** A row that the log does not take (it has other limits now) stays away, and is told. */
    private EngineWriter.Logged write(List<String> ids, List<StoredRecord> restored, long number,
            List<RowChange> changes, List<DocumentError> errors)
            throws StoppedException, InterruptedException {
        if (ids.isEmpty()) {
            return EngineWriter.Logged.NOTHING;
        }
        String key = "import-" + job.id + "-undo-" + number;
        EngineWriter.Logged deleted = writer.delete(ids, key + "d");
        return restored.isEmpty() ? deleted : deleted.and(add(restored, key + "a", changes, errors));
    }

    /** By halves, where the engine refuses it. */
    private EngineWriter.Logged add(List<StoredRecord> rows, String key, List<RowChange> changes,
            List<DocumentError> errors) throws StoppedException, InterruptedException {
        try {
            RecordBatchBuilder builder = RecordBatch.builder(Operation.ADD);
            rows.forEach(row -> builder.record(row.id(), row.embedding(), row.document(), row.metadata(),
                    row.uri()));
            return writer.write(builder.build(), key);
        } catch (ForebayException refused) {
            if (refused.code() == ErrorCode.NOT_FOUND || refused.code() == ErrorCode.INTERNAL) {
                throw refused;
            }
            if (rows.size() > 1) {
                int half = rows.size() / 2;
                return add(rows.subList(0, half), key + "0", changes, errors)
                        .and(add(rows.subList(half, rows.size()), key + "1", changes, errors));
            }
            String id = rows.getFirst().id();
            changes.add(new RowChange(id, null, null));
            errors.add(new DocumentError(job.status().processed, 0, null, id,
                    String.valueOf(refused.getMessage())));
            return EngineWriter.Logged.NOTHING;
        }
    }
}
