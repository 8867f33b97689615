package io.forebay.bench.imports;

import io.forebay.bench.imports.ImportTask.SourceFile;
import io.forebay.bench.report.CpuMeter;
import io.forebay.engine.Forebay;
import io.forebay.engine.Position;
import io.forebay.etl.ImportMetrics;
import io.forebay.etl.Imports;
import io.forebay.etl.Upload;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.etl.source.SourceOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A task at work, in this process: a new store, the import service, the jobs. */
final class ImportWork {
    private static final String TENANT = "default_tenant";
    private static final String DATABASE = "default_database";
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final long UPLOAD_BYTES_MAX = 1L << 40;

    private final ImportTask task;
    private final AtomicLong embedNanos = new AtomicLong();
    /** What a service that does not stream would hold; kept until the end. */
    private final List<byte[]> whole = new ArrayList<>();

    ImportWork(ImportTask task) {
        this.task = task;
    }

    private final class EmbedTime implements ImportMetrics {
        @Override
        public void embedded(long texts, long fromCache, long nanos) {
            embedNanos.addAndGet(nanos);
        }
    }

    ImportAnswer run() throws Exception {
        Path directory = Path.of(task.directory());
        try (Forebay engine = Forebay.open(directory.resolve("store"));
                Imports imports = Imports.open(directory.resolve("imports"), engine, options(),
                        SourceOptions.NONE, new EmbedTime())) {
            long start = System.nanoTime();
            List<ImportRequest> requests = new ArrayList<>();
            for (SourceFile file : task.files()) {
                requests.add(request(file, spool(imports, file)));
            }
            return measure(engine, imports, requests, seconds(start));
        }
    }

    private ImportAnswer measure(Forebay engine, Imports imports, List<ImportRequest> requests,
            double spooled) throws Exception {
        CpuMeter cpu = CpuMeter.start(null);
        long start = System.nanoTime();
        List<Job> jobs = task.atOnce() ? allAtOnce(imports, requests) : oneByOne(imports, requests);
        double loaded = seconds(start);
        double applied = flush(engine, Position.APPLIED, start);
        double linked = flush(engine, Position.LINKED, start);
        CpuMeter.Usage usage = cpu.stop();
        long documents = 0;
        long failed = 0;
        long skipped = 0;
        long embedded = 0;
        long fromCache = 0;
        for (Job job : jobs) {
            documents += job.progress().processed();
            failed += job.result().failed();
            skipped += job.result().skipped();
            embedded += job.result().embedded();
            fromCache += job.result().fromCache();
        }
        return new ImportAnswer(jobs.stream().map(ImportWork::time).toList(), spooled, loaded, applied,
                linked, documents, failed, skipped, embedded, fromCache, embedNanos.get() / 1e9,
                usage.ownSeconds(), usage.othersShare(), peakBytes(), 0);
    }

    private ImportOptions options() {
        ImportOptions defaults = ImportOptions.defaults();
        List<EmbeddingConnection> connections = new ArrayList<>(defaults.connections());
        if (!task.service().isEmpty()) {
            connections.add(new EmbeddingConnection(ImportTask.SERVICE, EmbeddingConnection.Kind.OPENAI,
                    URI.create(task.service()), "fake", null, 0, task.textsPerCall(), 4, 60_000, 60_000));
        }
        return new ImportOptions(UPLOAD_BYTES_MAX, defaults.jobsAtOnceMax(), defaults.extractChunkSize(),
                defaults.transformBatchSize(), defaults.loadBatchSize(), defaults.chunksAtOnceMax(),
                defaults.memoryThresholdBytes(), task.workers(), defaults.progressIntervalMillis(),
                defaults.errorsMax(), defaults.keepMillis(), defaults.orphanMillis(), 0,
                defaults.jobsWaitingMax(), defaults.embeddingCacheBytes(), defaults.lineBytesMax(),
                defaults.expandedRatioMax(), defaults.defaultConnection(), connections);
    }

    private JobSource.Spooled spool(Imports imports, SourceFile file) throws IOException {
        Upload upload = imports.upload();
        String name = "made.jsonl";
        if (!file.file().isEmpty()) {
            Path path = Path.of(file.file());
            name = path.getFileName().toString();
            byte[] piece = new byte[1 << 20];
            try (InputStream in = Files.newInputStream(path)) {
                for (int n = in.read(piece); n > 0; n = in.read(piece)) {
                    upload.write(ByteBuffer.wrap(piece, 0, n));
                }
            }
        } else if (task.noStream()) {
            new MadeFile().write(file.madeBytes(), file.madeDocumentBytes(), line -> whole.add(line.array()));
            whole.forEach(line -> upload.write(ByteBuffer.wrap(line)));
        } else {
            new MadeFile().write(file.madeBytes(), file.madeDocumentBytes(), upload::write);
        }
        return new JobSource.Spooled(name, upload.finish(), null, null, null);
    }

    private static ImportRequest request(SourceFile file, JobSource source) {
        return new ImportRequest(TENANT, DATABASE, file.collection(), null, source, file.connection(), null,
                new ImportSchema(file.textFields(), null, null, null), OnDuplicate.UPDATE, null, null,
                "bench");
    }

    private static List<Job> oneByOne(Imports imports, List<ImportRequest> requests) throws Exception {
        List<Job> jobs = new ArrayList<>();
        for (ImportRequest request : requests) {
            jobs.add(ended(imports, imports.submit(request).id()));
        }
        return jobs;
    }

    private static List<Job> allAtOnce(Imports imports, List<ImportRequest> requests) throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (ImportRequest request : requests) {
            ids.add(imports.submit(request).id());
        }
        List<Job> jobs = new ArrayList<>();
        for (UUID id : ids) {
            jobs.add(ended(imports, id));
        }
        return jobs;
    }

    private static Job ended(Imports imports, UUID id) throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        try (Imports.Following following = imports.follow(id, () -> {
            if (imports.job(id).state().isFinal()) {
                ended.countDown();
            }
        })) {
            ended.await();
        }
        Job job = imports.job(id);
        if (job.state() != JobState.COMPLETED || job.result().failed() > 0) {
            throw new IOException("a job ended as " + job.state() + " with " + job.result().failed()
                    + " failed documents: " + job.error() + " " + imports.errors(id, -1, 1));
        }
        return job;
    }

    private double flush(Forebay engine, Position position, long start) {
        Set<String> names = new TreeSet<>();
        task.files().forEach(file -> names.add(file.collection()));
        for (String name : names) {
            engine.flush(engine.collection(TENANT, DATABASE, name).id(), position).join();
        }
        return seconds(start);
    }

    private static ImportAnswer.JobTime time(Job job) {
        return new ImportAnswer.JobTime((job.endedMillis() - job.startedMillis()) / 1e3,
                job.result().skipped(),
                job.result().embedded(), job.result().fromCache());
    }

    private static double seconds(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** 0 where the system does not say. */
    private static long peakBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        Matcher peak = PEAK.matcher(Files.isReadable(status) ? Files.readString(status) : "");
        return peak.find() ? Long.parseLong(peak.group(1)) << 10 : 0;
    }
}
