package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.DraftRequest;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.embed.EmbeddingException;
import io.forebay.etl.embed.EmbeddingProvider;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.LiveJob;
import io.forebay.etl.job.StopSignal;
import io.forebay.etl.source.Fetch;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
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
        try {
            begin();
            work();
            job.phase("finishing");
            end(JobState.COMPLETED, null);
        } catch (StoppedException stopped) {
            if (!job.isCancelling()) {
                job.workEnds();
                context.store().write(job.id, job.status(), true);
                return false;
            }
            end(JobState.CANCELLED, null);
        } catch (JobFailure | IOException | EmbeddingException failure) {
            end(JobState.FAILED, String.valueOf(failure.getMessage()));
        } catch (ForebayException refused) {
            end(JobState.FAILED, refused.code() == ErrorCode.NOT_FOUND && draft != null
                    ? "The collection was deleted while the job ran: " + refused.getMessage()
                    : String.valueOf(refused.getMessage()));
        } catch (RuntimeException defect) {
            LOG.error("job {} failed", job.id, defect);
            end(JobState.FAILED, "A defect: " + defect);
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
        job.phase("loading");
        UUID collection = collection();
        Mapping mapping = file.mapping();
        EmbeddingProvider provider = provider(file.kind());
        begunDraft(collection, null);
        long bytes = file.bytes();
        job.update(s -> s.bytesTotal = bytes);
        EngineWriter writer = new EngineWriter(context.engine(), collection, job.stop, this::trouble);
        Loader loader = new Loader(writer, drafted(), request.onDuplicate(),
                context.options().loadBatchSize(), "import-" + job.id + "-");
        Transformer transformer = new Transformer(mapping, file.isTyped(),
                provider == null ? null : provider.model());
        ExecutorService calls = file.kind() == EmbeddingConnection.Kind.OPENAI
                ? context.threads().calls()
                : null;
        EmbedStage embedding = provider == null
                ? null
                : new EmbedStage(provider, context.cache(), calls, job.stop, this::trouble);
        ExecutorService preparing = calls == null ? context.threads().workers() : calls;
        new LoadRun(context, job, drafted(), transformer, embedding, preparing, loader, fileType)
                .run(file.open(job.status().nextOrdinal), Wanted.of(context.store(), job.retryOf));
    }

    private void undo(JobSource.Undo undo) throws StoppedException, JobFailure, InterruptedException {
        job.phase("loading");
        UUID collection = collection();
        CommitInfo undone = context.history().commit(collection, undo.commit());
        begunDraft(collection, undone.id());
        long rows = undone.inserted() + undone.updated() + undone.deleted();
        job.update(s -> {
            s.total = rows;
            s.bytesTotal = rows;
        });
        EngineWriter writer = new EngineWriter(context.engine(), collection, job.stop, this::trouble);
        new UndoRun(context, job, undo, drafted(), writer).run();
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

    private void trouble(String what) {
        job.update(s -> s.phase = what.isEmpty() ? "loading" : what);
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

    /** The collection of the job; made when it is not there, but never a second time. */
    private UUID collection() throws JobFailure {
        UUID known = job.status().collectionId;
        try {
            if (known != null) {
                return context.engine().collection(known).id();
            }
            CollectionInfo info = request.source() instanceof JobSource.Undo
                    ? context.engine().collection(request.tenant(), request.database(), request.collection())
                    : context.engine().createCollection(request.tenant(), request.database(),
                            request.collection(), null, CollectionConfig.DEFAULT, true).join();
            job.update(s -> s.collectionId = info.id());
            context.store().write(job.id, job.status(), true);
            return info.id();
        } catch (ForebayException gone) {
            throw new JobFailure(known == null
                    ? String.valueOf(gone.getMessage())
                    : "The collection was deleted while the job ran: " + gone.getMessage(), gone);
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
        job.phase("fetching");
        Fetch fetch = switch (request.source()) {
            case JobSource.Remote remote -> context.sources().remote(remote.url());
            case JobSource.Paged paged -> context.sources().paged(paged.api(), paged.parameters());
            case JobSource.Awaited awaited -> context.sources().uploaded(awaited.key(), awaited.fileName());
            case JobSource.Spooled ignored -> throw new IllegalStateException("it is here");
            case JobSource.Undo ignored -> throw new IllegalStateException("it has no file");
        };
        try (StopSignal.Interrupting ignored = job.stop.interrupting(Thread.currentThread())) {
            fetch.fetch(target, (bytes, total) -> job.update(s -> s.bytesTotal = total));
        } catch (InterruptedException e) {
            if (job.stop.isStopped()) {
                throw new StoppedException();
            }
            throw e;
        }
        job.update(s -> s.fetchedName = fetch.fileName());
        context.store().write(job.id, job.status(), true);
    }

    // ---- its end ----

    /** Of a job that was never at work. */
    public static void endWaiting(JobContext context, LiveJob job, JobState state, @Nullable String failure) {
        new JobRun(context, job).end(state, failure);
    }

    private void end(JobState state, @Nullable String failure) {
        String commit = commit(state);
        job.workEnds();
        job.update(s -> {
            s.state = state;
            s.failedAt = failure == null ? "" : s.phase;
            s.error = failure;
            s.errorOrdinal = s.nextOrdinal;
            s.phase = state.name().toLowerCase(Locale.ROOT);
            s.endedMillis = System.currentTimeMillis();
            s.commit = commit;
            s.total = state == JobState.COMPLETED ? s.processed : s.total;
        });
        context.store().write(job.id, job.status(), true);
        job.told();
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
