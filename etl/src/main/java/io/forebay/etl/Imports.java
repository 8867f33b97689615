package io.forebay.etl;

import io.forebay.engine.Forebay;
import io.forebay.engine.snapshot.BackupPart;
import io.forebay.etl.commit.CommitHistory;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.History;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.embed.Embedded;
import io.forebay.etl.embed.EmbeddingCache;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.embed.Embeddings;
import io.forebay.etl.embed.TraceContext;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobIds;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.LiveJob;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.etl.pipeline.CollectionClaims;
import io.forebay.etl.pipeline.JobContext;
import io.forebay.etl.pipeline.MemoryGate;
import io.forebay.etl.preview.Preview;
import io.forebay.etl.source.SourceOptions;
import io.forebay.etl.source.Sources;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The import service of one store: what clients ask of it. {@link JobDesk} does the work.
 *
 * <p>Threads: any may call; every method may block on disk for a moment, so not a Netty I/O thread.
 */
public final class Imports implements AutoCloseable {
    private final Forebay engine;
    private final ImportOptions options;
    private final Parts parts;
    private final CommitHistory history;
    private final Embeddings embeddings;
    private final Sources sources;
    private final SourceOptions sourceOptions;
    private final SpoolFolder spool;
    private final JobStore store;
    private final JobDesk desk;
    private final SubmissionRate rate;
    private final SubmissionRate previewRate;
    private final RequestCheck check;
    private final BackupPart part;
    /** Held while it is found out whether a commit is being undone already. */
    private final Object undoing = new Object();

    /** One page of {@link #jobs}, and how many there are in all. */
    public record JobPage(List<Job> jobs, long total) {}

    /** Goes on telling until it is closed. */
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /** An address to which a client may put an object until {@code expiresMillis}; the job begins when it is there. */
    public record UploadUrl(String url, String key, long expiresMillis, Job job) {}

    /** For metrics. */
    public record Stats(Map<JobState, Long> jobs, long spoolFiles, long spoolBytes, int queued,
            int working) {}

    private Imports(Path directory, Forebay engine, ImportOptions options, SourceOptions sourceOptions,
            ImportMetrics metrics, Map<String, String> environment, Parts parts) throws IOException {
        this.engine = engine;
        this.options = options;
        int workers = options.workers() > 0 ? options.workers() : Runtime.getRuntime().availableProcessors();
        this.spool = new SpoolFolder(directory.resolve("spool"), options.uploadBytesMax());
        this.parts = parts;
        ImportDatabase db = parts.add(
                ImportDatabase.open(directory.resolve("db"), options.embeddingCacheBytes()));
        this.part = new BackupPart() {
            @Override
            public String path() {
                return "imports/db";
            }

            @Override
            public void checkpoint(Path target) {
                db.checkpoint(target);
            }
        };
        this.history = parts.add(CommitHistory.open(db, engine));
        this.embeddings = parts.add(new Embeddings(options.connections(), environment, workers));
        this.sources = parts.add(new Sources(sourceOptions, environment));
        this.sourceOptions = sourceOptions;
        this.store = new JobStore(db);
        ImportThreads threads = parts.add(new ImportThreads(options.jobsAtOnceMax(), workers));
        this.rate = new SubmissionRate(options.submissionsPerMinute(), "imports", System::nanoTime);
        this.previewRate = new SubmissionRate(options.submissionsPerMinute(), "previews", System::nanoTime);
        this.check = new RequestCheck(engine, options, embeddings, sources, spool);
        JobContext context = new JobContext(engine, db, store, history, embeddings, new EmbeddingCache(db),
                sources, options, spool.path(), threads, new MemoryGate(options.memoryThresholdBytes()),
                new CollectionClaims(),
                new MetricsListener(metrics));
        this.desk = new JobDesk(context, threads, spool, metrics, this::undoOf);
        parts.add(desk::stop);
    }

    /**
     * Opens or creates what is in the directory and goes on with the jobs that were interrupted.
     *
     * @param directory of the import service, usually {@code imports} in the store's
     * @param engine    closed after this
     */
    public static Imports open(Path directory, Forebay engine, ImportOptions options, SourceOptions sources,
            ImportMetrics metrics) {
        Parts parts = new Parts();
        boolean isOpen = false;
        try {
            Imports opened = new Imports(directory, engine, options, sources, metrics, System.getenv(),
                    parts);
            opened.desk.start();
            isOpen = true;
            return opened;
        } catch (IOException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "The import service cannot use " + directory + ": " + e.getMessage(), e);
        } finally {
            if (!isOpen) {
                parts.close();
            }
        }
    }

    /**
     * The database of jobs and commits, for backups. Not the spool folder: a job that was under way and needs a file of it
     * fails in a restored store.
     */
    public BackupPart backupPart() {
        return part;
    }

    /** A new spool file, to be filled by whoever receives an upload. */
    public Upload upload() {
        return spool.upload();
    }

    /** For whoever is about to receive a large upload: BACKOFF when {@link #submit} would refuse for rate or queue. */
    public void checkMaySubmit(String client) {
        rate.check(client);
        desk.checkRoom();
    }

    /**
     * Makes a job, durably, and answers it as pending. What can be wrong is found first: names, schema, connection, format
     * (UNSUPPORTED_MEDIA_TYPE for an extension that is not known, UNPROCESSABLE for content that is not what it
     * claims to be), hosts that are not allowed (PERMISSION_DENIED), rate and queue (BACKOFF). When it throws, spool
     * files of the request are gone.
     */
    public Job submit(ImportRequest request) {
        try {
            rate.take(request.client());
            desk.checkRoom();
            check.check(request);
            return create(request, null, collectionOf(request));
        } catch (RuntimeException refused) {
            if (request.source() instanceof JobSource.Spooled spooled) {
                files(spooled).forEach(name -> {
                    spool.taken(name);
                    spool.deleteAll(name);
                });
            }
            throw refused;
        }
    }

    private static List<String> files(JobSource.Spooled spooled) {
        List<String> names = new ArrayList<>(List.of(spooled.file()));
        if (spooled.sideFile() != null) {
            names.add(spooled.sideFile());
        }
        return names;
    }

    /** Null when it is not there: the job makes it. */
    private @Nullable UUID collectionOf(ImportRequest request) {
        try {
            return engine.collection(request.tenant(), request.database(), request.collection()).id();
        } catch (ForebayException none) {
            return null;
        }
    }

    private Job create(ImportRequest request, @Nullable UUID retryOf, @Nullable UUID collection) {
        UUID id = JobIds.next();
        long now = System.currentTimeMillis();
        JobStatus status = new JobStatus();
        status.collectionId = collection;
        store.create(id, request, now, retryOf, status);
        if (request.source() instanceof JobSource.Spooled spooled) {
            files(spooled).forEach(spool::taken);
        }
        LiveJob job = new LiveJob(new JobStore.Kept(id, request, now, retryOf, status));
        Job answer = job.view(0);
        desk.add(job);
        return answer;
    }

    /** Where a bucket is configured; the request's source is replaced. UNIMPLEMENTED where none is. */
    public UploadUrl uploadUrl(ImportRequest request, String fileName) {
        SourceOptions.S3 s3 = sourceOptions.s3();
        if (s3 == null || s3.uploadBucket() == null) {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED,
                    "No bucket is configured for uploads (imports.s3_upload_bucket)");
        }
        long millis = s3.uploadUrlMillis();
        rate.take(request.client());
        desk.checkAwaited();
        String key = "imports/" + UUID.randomUUID() + "/" + fileName.replaceAll("[^A-Za-z0-9._-]", "_");
        long expires = System.currentTimeMillis() + millis;
        ImportRequest awaiting = new ImportRequest(request.tenant(), request.database(), request.collection(),
                request.space(), new JobSource.Awaited(key, fileName, expires), request.connection(),
                request.model(), request.schema(), request.onDuplicate(), request.message(),
                request.author(), request.client(), request.trace());
        check.check(awaiting);
        String url = sources.presignUpload(key, millis);
        return new UploadUrl(url, key, expires, create(awaiting, null, null));
    }

    /** NOT_FOUND. */
    public Job job(UUID id) {
        return desk.view(id);
    }

    /** Newest first. Null: of any state, tenant, database, collection (a name). */
    public JobPage jobs(@Nullable JobState state, @Nullable String tenant, @Nullable String database,
            @Nullable String collection, int offset, int limit) {
        return jobs(state, tenant, database, collection, request -> true, offset, limit);
    }

    /** Of those that are allowed only; the total too counts no others. */
    public JobPage jobs(@Nullable JobState state, @Nullable String tenant, @Nullable String database,
            @Nullable String collection, Predicate<ImportRequest> allowed, int offset, int limit) {
        return new JobListing(store, desk::state, desk::view).page(state,
                request -> is(tenant, request.tenant()) && is(database, request.database())
                        && is(collection, request.collection()) && allowed.test(request),
                offset, limit);
    }

    private static boolean is(@Nullable String wanted, String value) {
        return wanted == null || wanted.equals(value);
    }

    /**
     * Asks the job to end within a batch; one that has ended stays as it is. With {@code revert} a job is made that undoes
     * what it loaded (also for one that has ended).
     */
    public Job cancel(UUID id, boolean revert) {
        return desk.cancel(id, revert);
    }

    /** A new job for the documents that failed in an ended one, or for all of its rest if it did not complete. */
    public Job retry(UUID id, String client, TraceContext trace) {
        JobStore.Kept kept = desk.kept(id);
        JobStatus status = kept.status();
        if (!status.state.isFinal()) {
            throw new ForebayException(ErrorCode.ALREADY_EXISTS,
                    "Job [" + id + "] is " + Names.of(status.state)
                            + ": it can be retried when it has ended");
        }
        if (kept.request().source() instanceof JobSource.Undo) {
            throw ForebayException.invalid("Job [" + id + "] undoes a commit: undo it again instead");
        }
        if (status.state == JobState.COMPLETED && status.failed == 0) {
            throw ForebayException.invalid("Nothing failed in job [" + id + "]");
        }
        ImportRequest was = kept.request();
        JobSource source = was.source();
        if (status.fetchedName != null) {
            source = new JobSource.Spooled(status.fetchedName, id + ".fetched", null, null,
                    source instanceof JobSource.Remote remote ? remote.charset() : null);
        }
        if (source instanceof JobSource.Spooled spooled && !spool.has(spooled.file())) {
            throw new ForebayException(ErrorCode.GONE, "The file of job [" + id
                    + "] is not kept any more: import it again; what is there already is skipped");
        }
        ImportRequest again = new ImportRequest(was.tenant(), was.database(), was.collection(), was.space(),
                source, was.connection(), was.model(), was.schema(), was.onDuplicate(), was.message(),
                was.author(), client, trace);
        rate.take(client);
        desk.checkRoom();
        return create(again, id, collectionOf(again));
    }

    /** A job that undoes a commit. ALREADY_EXISTS (409) with a count if rows were changed since, unless {@code force}. */
    public Job revert(UUID collection, String commit, boolean force, @Nullable String message,
            @Nullable String author, String client) {
        CollectionInfo info = engine.collection(collection);
        CommitInfo undone = history.commit(collection, commit);
        long changed = force ? 0 : history.changedSince(collection, undone.id());
        if (changed > 0) {
            throw new ForebayException(ErrorCode.ALREADY_EXISTS, changed + " rows of commit ["
                    + undone.id() + "] were changed since. With force they are put back all the same");
        }
        rate.take(client);
        desk.checkRoom();
        return create(undoing(info, undone.id(), force, message, author, client), null, collection);
    }

    private static ImportRequest undoing(CollectionInfo info, String commit, boolean force,
            @Nullable String message, @Nullable String author, String client) {
        return new ImportRequest(info.tenant(), info.database(), info.name(), null,
                new JobSource.Undo(commit, force), null, null, ImportSchema.DEFAULT, OnDuplicate.UPDATE,
                message == null ? "Undo of " + commit.substring(0, 12) : message, author, client);
    }

    /** For the desk: undoes what a cancelled job loaded; once, however often it is asked for. */
    private void undoOf(JobStore.Kept ended) {
        UUID collection = ended.status().collectionId;
        String commit = ended.status().commit;
        if (collection == null || commit == null) {
            return;
        }
        synchronized (undoing) {
            boolean[] isUndone = new boolean[1];
            store.visit(kept -> {
                JobState state = desk.state(kept);
                isUndone[0] |= state != JobState.FAILED && state != JobState.CANCELLED
                        && kept.request().source() instanceof JobSource.Undo undo
                        && undo.commit().equals(commit);
                return !isUndone[0];
            });
            if (!isUndone[0]) {
                create(undoing(engine.collection(collection), commit, false, null, ended.request().author(),
                        ended.request().client()), null, collection);
            }
        }
    }

    /** Ordered by ordinal, from behind {@code afterOrdinal} (-1 for the beginning) on. */
    public List<DocumentError> errors(UUID id, long afterOrdinal, int limit) {
        desk.kept(id);
        return store.errors(id, afterOrdinal, limit);
    }

    /** Runs the action now and after every change of the job; it must be quick. Close what it returns. */
    public Following follow(UUID id, Runnable action) {
        return desk.follow(id, action);
    }

    /**
     * The first documents of an uploaded file, which is deleted.
     *
     * @param spooled   as its {@link Upload#finish} says
     * @param charset   as its name; null: UTF-8, or what a byte order mark says
     * @param truncated whether it is only the beginning of one
     */
    public Preview preview(String fileName, String spooled, @Nullable String charset, boolean truncated,
            int rowsMax) {
        try {
            return Preview.of(fileName, spool.path().resolve(spooled), charset, truncated, rowsMax, options);
        } finally {
            spool.deleteAll(spooled);
        }
    }

    /** Before the file of a preview is received: it is counted as an import is, apart from those. BACKOFF. */
    public void takePreview(String client) {
        previewRate.take(client);
    }

    /** The named ways to get embeddings, the default one first. */
    public List<EmbeddingConnection> connections() {
        return options.connections().stream()
                .sorted(Comparator.comparing(one -> !one.name().equals(options.defaultConnection())))
                .toList();
    }

    /** Vectors for texts, for a query; null for the default connection. May take as long as the service does. */
    public Embedded embed(@Nullable String connection, List<String> texts, TraceContext trace) {
        return Embedded.by(embeddings, connection == null ? options.defaultConnection() : connection, texts,
                trace);
    }

    public History history() {
        return history;
    }

    /** How many jobs there are of each state, and what the spool folder holds. */
    public Stats stats() {
        SpoolFolder.Size size = spool.size();
        return new Stats(desk.counts(), size.files(), size.bytes(), desk.waiting(), desk.working());
    }

    /** Jobs at work stop behind the batch at hand and go on at the next start. */
    @Override
    public void close() {
        parts.close();
    }
}
