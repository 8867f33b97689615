package io.forebay.server.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: a line of JSON for each action of an administrator and each that destroys something, done or
 * refused, and for those who were not let in.
 *
 * <pre>
 * {"v":1,"time":"2026-11-22T07:05:48.123Z","action":"collection.drop","result":"done","status":200,"token":"ops",
 *  "address":"10.0.0.7","request_id":"4f1c02aa-1b","route":"DELETE
 * /api/v2/…/collections/{name}","name":"docs","tenant":"…"}
 * </pre>
 * {@code v} is the version of the line: a field may be added at any time, a change of the meaning of one makes it 2.
 * Lines of what was refused at once are at most {@link #REFUSED_LINES_MAX} a second and token; the next one says
 * how many were left out ({@code left_out_before}).
 * {@code result} is {@code done}, {@code refused} (4xx) or {@code failed} (5xx). There is no checksum: the file is for
 * people and their tools, and nothing reads it back.
 *
 * <p>Promise: a line is handed to the thread {@code ops} when the answer is sent, written at once and synced within a
 * second. So the death of the process may take the last few lines, a power loss those of the last second. It is no
 * proof against whoever may write the file.
 *
 * <p>Threads: {@link #write} any, without waiting; files belong to {@code ops}. {@link #close} waits a bounded time.
 *
 * <p>Failure: what cannot be written (a full disk) is told in the log once and counted, makes health yellow, and stops
 * nothing; so are lines beyond {@link #WAITING_MAX} that wait. The first line that can be written again says how many are
 * missing.
 */
public final class AuditLog implements AutoCloseable {
    /** Writes nothing. */
    public static final AuditLog OFF = new AuditLog(null, null);
    static final int WAITING_MAX = 10_000;
    static final int REFUSED_LINES_MAX = 10;
    private static final int TOKENS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final JsonFactory JSON = new JsonFactory();
    private static final int CLOSE_SECONDS = 2;

    private final @Nullable AuditFile file;
    private final @Nullable ScheduledExecutorService ops;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong lostInAll = new AtomicLong();
    /** By the id of a token; empty for all who have none. */
    private final Map<String, LineBound> bounds = new ConcurrentHashMap<>();
    private volatile @Nullable String trouble;
    /** Of ops. What failed so is well again when it is done, without a line. */
    private boolean syncFailed;

    private AuditLog(@Nullable AuditFile file, @Nullable ScheduledExecutorService ops) {
        this.file = file;
        this.ops = ops;
    }

    static AuditLog at(Path path, long bytesMax, int filesMax, ScheduledExecutorService ops) {
        AuditLog log = new AuditLog(new AuditFile(path, bytesMax, filesMax), ops);
        ops.scheduleWithFixedDelay(log::tick, 1, 1, TimeUnit.SECONDS);
        return log;
    }

    public boolean isOn() {
        return file != null;
    }

    /** An action over a port. */
    public void answered(String action, Asked asked) {
        if (file == null) {
            return;
        }
        write(out -> {
            start(out, action, asked.status());
            who(out, asked);
            for (Map.Entry<String, Object> note : asked.notes().all().entrySet()) {
                out.writePOJOField(note.getKey(), note.getValue());
            }
        });
    }

    /** Somebody was not let in; bounded, because anybody can make these. */
    public void refused(Asked asked) {
        refused("auth.refused", asked);
    }

    /**
     * An action that was refused before anything was looked at. Bounded for each token, and for all who have none, so that
     * nobody can fill the files or hide others behind his own lines.
     */
    public void refused(String action, Asked asked) {
        if (file == null) {
            return;
        }
        long leftOut = boundOf(asked.who().id()).take(System.nanoTime());
        if (leftOut < 0) {
            return;
        }
        write(out -> {
            start(out, action, asked.status());
            who(out, asked);
            for (Map.Entry<String, Object> note : asked.notes().all().entrySet()) {
                out.writePOJOField(note.getKey(), note.getValue());
            }
            if (leftOut > 0) {
                out.writeNumberField("left_out_before", leftOut);
            }
        });
    }

    /** Tokens that are no more are forgotten with all the others, now and then. */
    private LineBound boundOf(String token) {
        if (bounds.size() > TOKENS_MAX) {
            bounds.clear();
        }
        return bounds.computeIfAbsent(token, t -> new LineBound(REFUSED_LINES_MAX));
    }

    /** Something that the server did or saw by itself. */
    public void happened(String action, Map<String, String> what) {
        if (file == null) {
            return;
        }
        write(out -> {
            start(out, action, 200);
            for (Map.Entry<String, String> field : what.entrySet()) {
                out.writeStringField(field.getKey(), Notes.cut(field.getValue()));
            }
        });
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    private static void start(JsonGenerator out, String action, int status) throws IOException {
        out.writeNumberField("v", 1);
        out.writeStringField("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        out.writeStringField("action", action);
        out.writeStringField("result", status < 400 ? "done" : status < 500 ? "refused" : "failed");
        out.writeNumberField("status", status);
    }

    private static void who(JsonGenerator out, Asked asked) throws IOException {
        out.writeStringField("token", asked.who().id());
        out.writeStringField("address", asked.from());
        out.writeStringField("request_id", asked.requestId());
        if (asked.traceId() != null) {
            out.writeStringField("trace_id", asked.traceId());
        }
        out.writeStringField("route", asked.method() + " " + asked.route());
        if (asked.collection() != null) {
            out.writeStringField("collection_name", Notes.cut(asked.collection()));
        }
    }

    private void write(Fields fields) {
        ScheduledExecutorService thread = ops;
        if (thread == null || thread.isShutdown() || waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            lose(1);
            return;
        }
        try {
            byte[] line = line(fields);
            thread.execute(() -> append(line));
        } catch (RuntimeException e) { // of the line, or the thread was stopped just now: never the request's matter
            waiting.decrementAndGet();
            lose(1);
            complain(e);
        }
    }

    private static byte[] line(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
            out.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    // ---- on ops ----

    private void append(byte[] line) {
        waiting.decrementAndGet();
        AuditFile to = file;
        if (to == null) {
            return;
        }
        try {
            long missing = lost.get();
            if (missing > 0) {
                to.append(line(out -> {
                    start(out, "audit.lines_lost", 500);
                    out.writeNumberField("lines", missing);
                }));
                lost.addAndGet(-missing);
            }
            to.append(line);
            recovered();
        } catch (IOException | RuntimeException e) {
            lose(1);
            complain(e);
        }
    }

    private void tick() {
        AuditFile to = file;
        try {
            if (to != null && to.sync() && syncFailed) {
                syncFailed = false;
                recovered();
            }
        } catch (IOException | RuntimeException e) {
            syncFailed = true;
            complain(e);
        }
    }

    private void recovered() {
        if (trouble != null) {
            LOG.info("the audit log is written again");
            trouble = null;
        }
    }

    private void complain(Exception e) {
        if (trouble == null) {
            LOG.warn("the audit log cannot be written; the server goes on without it", e);
        }
        trouble = "the audit log cannot be written: " + e;
    }

    private void lose(int lines) {
        lost.addAndGet(lines);
        lostInAll.addAndGet(lines);
    }

    // ---- what is asked ----

    /** For health; null when all is well. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** Lines that could not be written since the start. */
    public long lost() {
        return lostInAll.get();
    }

    /** Called when nothing more is written; before its thread is stopped. */
    @Override
    public void close() {
        AuditFile to = file;
        if (to == null || ops == null) {
            return;
        }
        try {
            ops.submit(to::close).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("the audit log was not closed in time", e);
        }
    }
}
