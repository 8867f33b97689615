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
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private static final int STUMBLES_MAX = 10;
    private static final long SAMPLE_MILLIS = 250;
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
    /** Of a look at the object storage, which may take long: one at a time. */
    private final AtomicBoolean looking = new AtomicBoolean();
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
        threads.timer().scheduleWithFixedDelay(() -> aside(this::sweep), 0, SWEEP_MILLIS,
                TimeUnit.MILLISECONDS);
        threads.timer().scheduleWithFixedDelay(() -> {
            if (looking.compareAndSet(false, true)) {
                aside(this::lookForUploads);
            }
        }, UPLOADS_MILLIS, UPLOADS_MILLIS, TimeUnit.MILLISECONDS);
        threads.timer().scheduleWithFixedDelay(this::sample, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
        queue.all().stream().filter(LiveJob::isCancelling).forEach(job -> cancel(job.id, false));
        schedule();
    }

    private void sweep() {
        housekeeping.sweep();
        List<JobStore.Kept> toUndo = new ArrayList<>();
        context.store().visit(kept -> {
            if (kept.status().state.isFinal() && kept.status().reverting) {
                toUndo.add(kept);
            }
            return true;
        });
        toUndo.forEach(this::undoOnce);
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
        if (queue.waiting(job -> !isAwaited(job)) >= max) {
            throw ForebayException.backoff("imports.max_waiting_jobs",
                    max + " imports are waiting (imports.max_waiting_jobs)", 10);
        }
    }

    /** The same for jobs whose file a client is yet to put into the bucket; they hold up nobody else. */
    void checkAwaited() {
        int max = context.options().jobsWaitingMax();
        if (queue.waiting(this::isAwaited) >= max) {
            throw ForebayException.backoff("imports.max_waiting_jobs",
                    max + " imports wait for their files (imports.max_waiting_jobs)", 60);
        }
    }

    private boolean isAwaited(LiveJob job) {
        return job.request.source() instanceof JobSource.Awaited && !job.isFetched()
                && !uploads.isThere(job.id);
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
        return System.nanoTime() - job.notBeforeNanos >= 0 && (job.stop.isStopped() || !isAwaited(job));
    }

    private void work(LiveJob job) {
        boolean over = false;
        JobRun run = new JobRun(context, job);
        try {
            over = run.run();
        } catch (InterruptedException e) {
            LOG.info("job {} is interrupted and goes on at the next start", job.id);
        } catch (Throwable failure) {
            over = stumbled(job, failure);
        } finally {
            context.claims().release(job.id);
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

    /** Neither a job nor what stops it again and again may last for ever. */
    private boolean stumbled(LiveJob job, Throwable failure) {
        int times = job.stumbled();
        if (times >= STUMBLES_MAX) {
            LOG.error("job {} stopped for the {}th time and fails", job.id, times, failure);
            try {
                JobRun.endWaiting(context, job, JobState.FAILED,
                        "It stopped " + times + " times: " + failure);
                return true;
            } catch (RuntimeException again) {
                LOG.error("job {} cannot be ended", job.id, again);
            }
        } else {
            LOG.error("job {} stopped; it is taken up again in {} s", job.id, AGAIN_SECONDS, failure);
        }
        job.notBeforeNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGAIN_SECONDS);
        return false;
    }

    private void ended(LiveJob job, String fileType) {
        job.told();
        metrics.ended(view(job), fileType);
        JobStore.Kept kept = kept(job.id);
        if (kept.status().reverting) {
            undoOnce(kept);
            job.update(s -> s.reverting = false);
        }
        uploads.forget(job.id);
        aside(housekeeping::freeFiles);
    }

    /** What cannot be undone now is tried again by the next sweep. */
    private void undoOnce(JobStore.Kept kept) {
        try {
            undo.accept(kept);
        } catch (ForebayException refused) {
            LOG.info("what job {} loaded is not undone: {}", kept.id(), refused.getMessage());
            if (refused.code() != ErrorCode.NOT_FOUND) {
                return;
            }
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
        context.store().wishToCancel(id, revert || job.status().reverting);
        job.update(s -> {
            s.cancelling = true;
            s.reverting |= revert;
        });
        // One that has begun ends as one that is at work does, with a commit of what it loaded.
        if (!job.hasBegun() && endWaiting(job, JobState.CANCELLED, null)) {
            return view(job);
        }
        job.notBeforeNanos = System.nanoTime();
        job.stop.stop();
        schedule();
        if (revert && job.state().isFinal()) {
            undoOnce(kept(id)); // it ended while this was asked
        }
        return view(job);
    }

    /** False when it is at work. */
    private boolean endWaiting(LiveJob job, JobState state, @Nullable String failure) {
        settling.put(job.id, job);
        if (!queue.removeWaiting(job)) {
            settling.remove(job.id);
            return false;
        }
        try {
            JobRun.endWaiting(context, job, state, failure);
        } catch (RuntimeException e) {
            queue.add(job);
            settling.remove(job.id);
            throw e;
        }
        ended(job, "none");
        return true;
    }

    // ---- every now and then ----

    private void sample() {
        try {
            long rss = context.memory().sample();
            long heap = MemoryGate.heapBytes();
            queue.all().forEach(job -> job.sample(rss, heap));
        } catch (Throwable e) {
            LOG.warn("a look at the memory failed", e);
        }
    }

    private void look() {
        try {
            queue.all().stream().filter(job -> job.state() == JobState.PROCESSING).forEach(LiveJob::told);
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
            schedule();
        } catch (Throwable e) {
            LOG.warn("a look at the jobs failed", e);
        }
    }

    private void lookForUploads() {
        try {
            for (LiveJob job : queue.all()) {
                if (!closing && isAwaited(job) && job.request.source() instanceof JobSource.Awaited awaited
                        && !uploads.look(job.id, awaited)) {
                    endWaiting(job, JobState.FAILED, "The file was not uploaded before its address expired");
                }
            }
        } finally {
            looking.set(false);
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
        return queue.waiting(job -> true);
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
