package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.DraftRequest;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.embed.EmbeddingException;
import io.forebay.etl.embed.EmbeddingProvider;
import io.forebay.etl.embed.TraceContext;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.LiveJob;
import io.forebay.etl.job.StopSignal;
import io.forebay.etl.source.Fetch;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job from its beginning, or from its checkpoint, to its end: finds or makes the collection, fetches the file if it is
 * elsewhere, begins the commit, loads, ends the commit. However it ends, what was loaded is a commit, so that it can be
 * seen and undone. When the service closes meanwhile, the job stays as it is and goes on at the next start.
 *
 * <p>Threads: one, for as long as it takes.
 */
public final class JobRun {
    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

    private final JobContext context;
    private final LiveJob job;
    private final ImportRequest request;
    private @Nullable CommitDraft draft;
    private String fileType = "none";

    public JobRun(JobContext context, LiveJob job) {
        this.context = context;
        this.job = job;
        this.request = job.request;
    }

    /** Whether the job is over; false when it goes on at another time. */
    public boolean run() throws InterruptedException {
        job.workBegins();
        JobStatus from = job.status();
        try {
            if (from.endingAs != null) {
                end(from.endingAs, from.error);
                return true;
            }
            begin();
            work();
            phase("finishing");
            complete();
        } catch (StoppedException stopped) {
            return stopped(null);
        } catch (JobFailure | IOException | EmbeddingException failure) {
            return stopped(String.valueOf(failure.getMessage()));
        } catch (ForebayException refused) {
            return stopped(refused.code() == ErrorCode.NOT_FOUND && draft != null
                    ? "The collection was deleted while the job ran: " + refused.getMessage()
                    : String.valueOf(refused.getMessage()));
        } catch (RuntimeException defect) {
            if (!job.stop.isStopped()) {
                LOG.error("job {} failed", job.id, defect);
            }
            return stopped("A defect: " + defect);
        }
        return true;
    }

    /** A file of which not one document could be taken did not become anything. */
    private void complete() {
        JobStatus now = job.status();
        boolean nothing = now.failed > 0 && now.failed == now.processed;
        if (nothing) {
            List<DocumentError> first = context.store().errors(job.id, -1, 1);
            end(JobState.FAILED, "Not one of " + now.processed + " documents could be taken; the first: "
                    + (first.isEmpty() ? "" : first.getFirst().reason()));
        } else {
            end(JobState.COMPLETED, null);
        }
    }

    /** What a stop brings about elsewhere is no failure. */
    private boolean stopped(@Nullable String failure) {
        if (job.isCancelling() && (failure == null || job.stop.isStopped())) {
            end(JobState.CANCELLED, null);
        } else if (failure == null || job.stop.isStopped()) {
            job.workEnds();
            context.store().write(job.id, job.status(), true);
            return false;
        } else {
            end(JobState.FAILED, failure);
        }
        return true;
    }

    public String fileType() {
        return fileType;
    }

    private void begin() {
        job.update(s -> {
            s.state = JobState.PROCESSING;
            s.startedMillis = s.startedMillis == 0 ? System.currentTimeMillis() : s.startedMillis;
        });
        context.store().write(job.id, job.status(), true);
    }

    // ---- what it does ----

    private void work()
            throws StoppedException, JobFailure, IOException, EmbeddingException, InterruptedException {
        stopIfTold();
        if (request.source() instanceof JobSource.Undo undo) {
            fileType = "undo";
            undo(undo);
            return;
        }
        SourceFile file = file();
        fileType = file.fileType();
        phase("loading");
        UUID collection = collection();
        Mapping mapping = file.mapping();
        EmbeddingProvider provider = provider(file.kind());
        LongPredicate wanted = Wanted.of(context.store(), job.retryOf);
        begunDraft(collection, null);
        long bytes = file.bytes();
        job.update(s -> s.bytesTotal = bytes);
        EngineWriter writer = new EngineWriter(context.engine(), collection, job.stop, this::trouble);
        Loader loader = new Loader(writer, drafted(), request.onDuplicate(), batchSize(),
                "import-" + job.id + "-");
        Transformer transformer = new Transformer(mapping, file.isTyped(),
                provider == null ? null : provider.model());
        ExecutorService calls = file.kind() == EmbeddingConnection.Kind.OPENAI
                ? context.threads().calls()
                : null;
        EmbedStage embedding = provider == null
                ? null
                : new EmbedStage(provider, trace(), context.cache(), calls, job.stop, this::trouble);
        ExecutorService preparing = calls == null ? context.threads().workers() : calls;
        new LoadRun(context, job, drafted(), transformer, embedding, preparing, loader, fileType)
                .run(file::open, wanted);
    }

    private int batchSize() {
        return Math.min(context.options().loadBatchSize(), context.engine().options().batchRecordsMax());
    }

    private void undo(JobSource.Undo undo) throws StoppedException, JobFailure, InterruptedException {
        phase("loading");
        UUID collection = collection();
        CommitInfo undone = context.history().commit(collection, undo.commit());
        begunDraft(collection, undone.id());
        long rows = undone.inserted() + undone.updated() + undone.deleted();
        job.update(s -> {
            s.total = rows;
            s.bytesTotal = rows;
        });
        EngineWriter writer = new EngineWriter(context.engine(), collection, job.stop, this::trouble);
        new UndoRun(context, job, undo, drafted(), writer, batchSize()).run();
    }

    private void begunDraft(UUID collection, @Nullable String revertOf) throws StoppedException {
        stopIfTold();
        draft = context.history().draft(new DraftRequest(collection, job.id, request.message(),
                request.author(), revertOf));
    }

    private CommitDraft drafted() {
        if (draft == null) {
            throw new IllegalStateException("the commit has not begun");
        }
        return draft;
    }

    private void stopIfTold() throws StoppedException {
        if (job.stop.isStopped()) {
            throw new StoppedException();
        }
    }

    /** However short it is, its memory is known. */
    private void phase(String begun) {
        job.phase(begun);
        job.sample(context.memory().sample(), MemoryGate.heapBytes());
    }

    private void trouble(String what) {
        job.update(s -> s.phase = what.isEmpty() ? s.stage : what);
    }

    private TraceContext trace() {
        return request.trace().isThere() ? request.trace() : TraceContext.ofJob(job.id);
    }

    private @Nullable EmbeddingProvider provider(EmbeddingConnection.Kind kind) throws EmbeddingException {
        if (kind == EmbeddingConnection.Kind.NONE) {
            return null;
        }
        String name = request.connection() == null
                ? context.options().defaultConnection()
                : request.connection();
        return context.embeddings().provider(name, request.model());
    }

    /** The collection of the job; made when it is not there, but never a second time. No other job works on it. */
    private UUID collection() throws JobFailure, StoppedException {
        UUID known = job.status().collectionId;
        UUID id = known == null ? foundOrMade() : known;
        checkSpace(there(id)); // a retry goes into what has the name now
        if (!context.claims().claim(id, job.id)) {
            // It was renamed, and a job that began under its other name is at work.
            job.notBeforeNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            throw new StoppedException();
        }
        return id;
    }

    private CollectionInfo there(UUID id) throws JobFailure {
        try {
            return context.engine().collection(id);
        } catch (ForebayException gone) {
            throw new JobFailure("The collection was deleted while the job ran: " + gone.getMessage(), gone);
        }
    }

    private void checkSpace(CollectionInfo there) throws JobFailure {
        String difference = request.differenceTo(there);
        if (difference != null) {
            throw new JobFailure(difference);
        }
    }

    private UUID foundOrMade() throws JobFailure {
        Space space = request.space();
        CollectionConfig config = space == null ? CollectionConfig.DEFAULT : CollectionConfig.of(space);
        try {
            CollectionInfo info = context.engine().createCollection(request.tenant(), request.database(),
                    request.collection(), null, config, true).join();
            checkSpace(info); // somebody else may have made it meanwhile
            job.update(s -> s.collectionId = info.id());
            context.store().write(job.id, job.status(), true);
            return info.id();
        } catch (CompletionException refused) {
            Throwable reason = refused.getCause() == null ? refused : refused.getCause();
            throw new JobFailure(String.valueOf(reason.getMessage()), reason);
        }
    }

    // ---- the file ----

    private SourceFile file() throws IOException, StoppedException, InterruptedException {
        if (request.source() instanceof JobSource.Spooled spooled) {
            return file(spooled.fileName(), context.spool().resolve(spooled.file()), spooled.sideName(),
                    spooled.sideFile() == null ? null : context.spool().resolve(spooled.sideFile()),
                    spooled.charset());
        }
        Path target = context.spool().resolve(job.id + ".fetched");
        if (job.status().fetchedName == null) {
            fetch(target);
        }
        String name = String.valueOf(job.status().fetchedName);
        return file(name, target, null, null,
                request.source() instanceof JobSource.Remote remote ? remote.charset() : null);
    }

    private SourceFile file(String name, Path file, @Nullable String sideName, @Nullable Path sideFile,
            @Nullable String charset) {
        EmbeddingConnection connection = request.connection() == null
                ? null
                : context.embeddings().connection(request.connection());
        return SourceFile.of(request, connection,
                context.embeddings().connection(context.options().defaultConnection()), context.options(),
                name,
                file, sideName, sideFile, charset);
    }

    private void fetch(Path target) throws IOException, StoppedException, InterruptedException {
        phase("fetching");
        Fetch fetch = switch (request.source()) {
            case JobSource.Remote remote -> context.sources().remote(remote.url());
            case JobSource.Paged paged -> context.sources().paged(paged.api(), paged.parameters());
            case JobSource.Awaited awaited -> context.sources().uploaded(awaited.key(), awaited.fileName());
            case JobSource.Spooled ignored -> throw new IllegalStateException("it is here");
            case JobSource.Undo ignored -> throw new IllegalStateException("it has no file");
        };
        String name;
        try (StopSignal.Interrupting ignored = job.stop.interrupting(Thread.currentThread())) {
            name = fetch.fileName();
            fetch.fetch(target, new FetchTold(job));
        } catch (InterruptedException e) {
            if (job.stop.isStopped()) {
                throw new StoppedException();
            }
            throw e;
        }
        job.update(s -> {
            s.fetchedName = name;
            s.bytesProcessed = 0;
        });
        context.store().write(job.id, job.status(), true);
        if (request.source() instanceof JobSource.Awaited awaited) {
            context.sources().deleteUploaded(awaited.key());
        }
    }

    // ---- its end ----

    /** Of a job that was never at work. */
    public static void endWaiting(JobContext context, LiveJob job, JobState state, @Nullable String failure) {
        new JobRun(context, job).end(state, failure);
    }

    /**
     * First it is written how it ends: after a kill that is what is done, and nothing more is loaded into a commit that may
     * have ended.
     */
    private void end(JobState state, @Nullable String failure) {
        adoptDraft();
        JobStatus ending = job.status();
        ending.endingAs = state;
        ending.failedAt = failure == null ? "" : ending.stage;
        ending.error = failure;
        ending.errorOrdinal = ending.nextOrdinal;
        ending.errorLine = ending.lastLine;
        if (draft != null) {
            context.store().write(job.id, ending, true);
        }
        String commit = commit(state);
        job.workEnds();
        JobStatus over = job.status();
        over.state = state;
        over.endingAs = null;
        over.failedAt = ending.failedAt;
        over.error = failure;
        over.errorOrdinal = ending.errorOrdinal;
        over.errorLine = ending.errorLine;
        over.phase = state.name().toLowerCase(Locale.ROOT);
        over.endedMillis = System.currentTimeMillis();
        over.commit = commit;
        over.total = state == JobState.COMPLETED ? over.processed : over.total;
        context.store().write(job.id, over, true);
        job.ended(over);
    }

    /** What was loaded in an earlier process, or before it failed this time, is a commit too. */
    private void adoptDraft() {
        JobStatus status = job.status();
        UUID collection = status.collectionId;
        boolean loaded = status.batches > 0 || status.intendedOrdinal > 0 || status.written() > 0;
        if (draft != null || collection == null || !loaded) {
            return;
        }
        String revertOf = request.source() instanceof JobSource.Undo undo ? undo.commit() : null;
        try {
            draft = context.history().draft(new DraftRequest(collection, job.id, request.message(),
                    request.author(), revertOf));
        } catch (ForebayException gone) {
            LOG.info("job {} has no commit: {}", job.id, gone.getMessage());
        }
    }

    /** Null where nothing can be committed; a job is not complete without. */
    private @Nullable String commit(JobState state) {
        if (draft == null) {
            return null;
        }
        try {
            synchronized (draft) {
                return draft.finish().id();
            }
        } catch (ForebayException gone) {
            if (state == JobState.COMPLETED) {
                throw gone;
            }
            LOG.info("job {} has no commit: {}", job.id, gone.getMessage());
            return null;
        }
    }
}
