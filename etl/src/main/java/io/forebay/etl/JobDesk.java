package io.forebay.etl;

import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.JobViews;
import io.forebay.etl.job.LiveJob;
import io.forebay.etl.pipeline.JobContext;
import io.forebay.etl.pipeline.JobRun;
import io.forebay.etl.pipeline.MemoryGate;
import io.forebay.model.CollectionStatus;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts jobs, ends them, and knows where each is: waiting or at work in the {@link JobQueue}, ended and not yet all in the
 * index among the settling ones, or on disk only.
 *
 * <p>Threads: any. Jobs run on {@code import-job-n}; a timer looks at memory, tells followers how far the index is, and has
 * the sweeping done on {@code import-sweep}.
 */
final class JobDesk {
    private static final Logger LOG = LoggerFactory.getLogger(JobDesk.class);
    private static final long SWEEP_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long LOOK_MILLIS_MIN = 50;
    private static final long UPLOADS_MILLIS = 2_000;
    private static final long AGAIN_SECONDS = 10;
    /** So long after its end the index is looked at for a job that nobody follows. */
    private static final long SETTLING_MILLIS_MAX = TimeUnit.MINUTES.toMillis(10);

    private final JobContext context;
    private final ImportThreads threads;
    private final SpoolFolder spool;
    private final ImportMetrics metrics;
    private final Consumer<JobStore.Kept> undo;
    private final JobQueue queue;
    private final Housekeeping housekeeping;
    private final AwaitedUploads uploads;
    /** Ended, but not everything is in the index, or somebody follows. */
    private final Map<UUID, LiveJob> settling = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** @param undo makes a job that undoes what this one loaded */
    JobDesk(JobContext context, ImportThreads threads, SpoolFolder spool, ImportMetrics metrics,
            Consumer<JobStore.Kept> undo) {
        this.context = context;
        this.threads = threads;
        this.spool = spool;
        this.metrics = metrics;
        this.undo = undo;
        this.queue = new JobQueue(context.options().jobsAtOnceMax());
        this.uploads = new AwaitedUploads(context.sources());
        this.housekeeping = new Housekeeping(context, spool);
    }

    /** Takes up what an earlier process left. */
    void start() {
        List<JobStore.Kept> open = new ArrayList<>();
        List<JobStore.Kept> toUndo = new ArrayList<>();
        context.store().visit(kept -> {
            if (!kept.status().state.isFinal()) {
                open.add(kept);
            } else if (kept.status().reverting) {
                toUndo.add(kept);
            }
            return true;
        });
        Collections.reverse(open);
        open.forEach(kept -> queue.add(new LiveJob(kept)));
        toUndo.forEach(this::undoOnce);
        long look = Math.max(LOOK_MILLIS_MIN, context.options().progressIntervalMillis());
        threads.timer().scheduleWithFixedDelay(this::look, 0, look, TimeUnit.MILLISECONDS);
        threads.timer().scheduleWithFixedDelay(() -> aside(housekeeping::sweep), 0, SWEEP_MILLIS,
                TimeUnit.MILLISECONDS);
        threads.timer().scheduleWithFixedDelay(() -> aside(this::lookForUploads), UPLOADS_MILLIS,
                UPLOADS_MILLIS,
                TimeUnit.MILLISECONDS);
        queue.all().stream().filter(LiveJob::isCancelling).forEach(job -> cancel(job.id, false));
        schedule();
    }

    private void aside(Runnable work) {
        try {
            threads.sweeper().execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.warn("housekeeping of imports failed; it is tried again", e);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("imports are closing");
        }
    }

    /** BACKOFF when too many wait. */
    void checkRoom() {
        int max = context.options().jobsWaitingMax();
        if (queue.waiting() >= max) {
            throw ForebayException.backoff("imports.max_waiting_jobs",
                    max + " imports are waiting (imports.max_waiting_jobs)", 10);
        }
    }

    void add(LiveJob job) {
        queue.add(job);
        schedule();
    }

    // ---- work ----

    private void schedule() {
        LiveJob job = closing ? null : queue.begin(this::isReady);
        while (job != null) {
            LiveJob next = job;
            try {
                threads.jobs().execute(() -> work(next));
            } catch (RejectedExecutionException closed) {
                queue.end(next, false);
                return;
            }
            job = closing ? null : queue.begin(this::isReady);
        }
    }

    private boolean isReady(LiveJob job) {
        boolean isHere = !(job.request.source() instanceof JobSource.Awaited) || uploads.isThere(job.id);
        return isHere && System.nanoTime() - job.notBeforeNanos >= 0;
    }

    private void work(LiveJob job) {
        boolean over = false;
        JobRun run = new JobRun(context, job);
        try {
            over = run.run();
        } catch (InterruptedException e) {
            LOG.info("job {} is interrupted and goes on at the next start", job.id);
        } catch (Throwable failure) {
            LOG.error("job {} stopped; it is taken up again in {} s", job.id, AGAIN_SECONDS, failure);
            job.notBeforeNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGAIN_SECONDS);
        } finally {
            if (over) {
                settling.put(job.id, job);
            }
            queue.end(job, over);
        }
        if (over) {
            ended(job, run.fileType());
        }
        schedule();
    }

    private void ended(LiveJob job, String fileType) {
        job.told();
        metrics.ended(view(job), fileType);
        JobStore.Kept kept = kept(job.id);
        if (kept.status().reverting) {
            undoOnce(kept);
            job.update(s -> s.reverting = false);
        }
        aside(housekeeping::freeFiles);
    }

    private void undoOnce(JobStore.Kept kept) {
        try {
            undo.accept(kept);
        } catch (ForebayException gone) {
            LOG.info("what job {} loaded is not undone: {}", kept.id(), gone.getMessage());
        }
        context.store().wishIsDone(kept.id());
    }

    Job cancel(UUID id, boolean revert) {
        LiveJob job = queue.find(id);
        if (job == null) {
            JobStore.Kept kept = kept(id);
            if (revert && kept.status().commit != null) {
                undo.accept(kept);
            }
            return view(id);
        }
        job.update(s -> {
            s.cancelling = true;
            s.reverting |= revert;
        });
        context.store().wishToCancel(id, job.status().reverting);
        if (queue.removeWaiting(job)) {
            JobRun.endWaiting(context, job, JobState.CANCELLED, null);
            settling.put(id, job);
            ended(job, "none");
        } else {
            job.stop.stop();
        }
        return view(job);
    }

    // ---- every now and then ----

    private void look() {
        try {
            long rss = context.memory().sample();
            long heap = MemoryGate.heapBytes();
            for (LiveJob job : queue.all()) {
                if (job.state() == JobState.PROCESSING) {
                    job.sample(rss, heap);
                    job.told();
                }
            }
            settling.values().forEach(job -> {
                Job now = view(job);
                job.told();
                long rows = now.result().inserted() + now.result().updated();
                boolean settled = now.progress().indexed() >= rows
                        || now.endedMillis() < System.currentTimeMillis() - SETTLING_MILLIS_MAX;
                if (settled && !job.isFollowed()) {
                    settling.remove(job.id);
                }
            });
        } catch (RuntimeException e) {
            LOG.debug("a look at the jobs failed", e);
        }
    }

    private void lookForUploads() {
        for (LiveJob job : queue.all()) {
            if (job.request.source() instanceof JobSource.Awaited awaited && !uploads.isThere(job.id)
                    && !uploads.look(job.id, awaited) && queue.removeWaiting(job)) {
                JobRun.endWaiting(context, job, JobState.FAILED,
                        "The file was not uploaded before its address expired");
                ended(job, "none");
            }
        }
        schedule();
    }

    // ---- what is asked ----

    JobStore.Kept kept(UUID id) {
        JobStore.Kept kept = context.store().find(id);
        if (kept == null) {
            throw ForebayException.notFound("Job [" + id + "] does not exist");
        }
        LiveJob live = live(id);
        return live == null
                ? kept
                : new JobStore.Kept(id, kept.request(), kept.createdMillis(), kept.retryOf(), live.status());
    }

    private @Nullable LiveJob live(UUID id) {
        LiveJob waiting = queue.find(id);
        return waiting == null ? settling.get(id) : waiting;
    }

    JobState state(JobStore.Kept kept) {
        LiveJob live = live(kept.id());
        return live == null ? kept.status().state : live.state();
    }

    Job view(UUID id) {
        LiveJob live = live(id);
        if (live != null) {
            return view(live);
        }
        JobStore.Kept kept = kept(id);
        return JobViews.view(kept, linkedSeqId(kept.status().collectionId));
    }

    private Job view(LiveJob job) {
        return job.view(linkedSeqId(job.status().collectionId));
    }

    /** 0 when the collection is not there. Of one that nobody opened since the start all that is applied counts. */
    private long linkedSeqId(@Nullable UUID collection) {
        if (collection == null) {
            return 0;
        }
        try {
            CollectionStatus status = context.engine().status(collection);
            return status.unopened() ? status.appliedSeqId() : status.linkedSeqId();
        } catch (ForebayException gone) {
            return 0;
        }
    }

    Imports.Following follow(UUID id, Runnable action) {
        LiveJob live = live(id);
        LiveJob followed = live == null ? settling.computeIfAbsent(id, i -> new LiveJob(kept(i))) : live;
        followed.follow(action);
        return () -> followed.unfollow(action);
    }

    Map<JobState, Long> counts() {
        return context.store().counts();
    }

    int waiting() {
        return queue.waiting();
    }

    int working() {
        return queue.working();
    }

    /** Nothing begins any more; what is at work stops behind its batch. */
    void stop() {
        closing = true;
        queue.all().forEach(job -> job.stop.stop());
    }
}
