package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.History;
import io.forebay.etl.commit.RowChange;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.LiveJob;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.List;
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
    private final List<History.Undo> steps = new ArrayList<>();

    UndoRun(JobContext context, LiveJob job, JobSource.Undo undo, CommitDraft draft, EngineWriter writer) {
        this.context = context;
        this.job = job;
        this.undo = undo;
        this.draft = draft;
        this.writer = writer;
    }

    /** Carries a checked exception through a consumer. */
    private static final class Carried extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Carried(Exception cause) {
            super(cause);
        }
    }

    void run() throws StoppedException, InterruptedException {
        int size = context.options().loadBatchSize();
        try {
            context.history().undo(draft.collection(), undo.commit(), job.status().afterId, step -> {
                steps.add(step);
                if (steps.size() >= size) {
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
        EngineWriter.Logged logged = write(ids, restored, next.batches);
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
    }

    private EngineWriter.Logged write(List<String> ids, List<StoredRecord> restored, long number)
            throws StoppedException, InterruptedException {
        if (ids.isEmpty()) {
            return EngineWriter.Logged.NOTHING;
        }
        String key = "import-" + job.id + "-undo-" + number;
        EngineWriter.Logged logged = writer.delete(ids, key + "d");
        if (!restored.isEmpty()) {
            RecordBatchBuilder builder = RecordBatch.builder(Operation.ADD);
            restored.forEach(row -> builder.record(row.id(), row.embedding(), row.document(), row.metadata(),
                    row.uri()));
            logged = logged.and(writer.write(builder.build(), key + "a"));
        }
        return logged;
    }
}
