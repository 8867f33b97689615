package io.forebay.server.http.stream;

import io.forebay.etl.Imports;
import io.forebay.etl.job.Job;
import io.forebay.server.http.json.JobEncoder;
import io.forebay.server.http.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A job as server-sent events: the same JSON as its own answer, first at once and then at every change, an interval apart
 * at least, so that of what changed several times meanwhile the last is told. It ends behind the last state, once what was
 * loaded is in the index; where that does not get on for {@link #PATIENCE_NANOS} (the collection may be gone), without.
 *
 * <p>Threads: one at a time.
 */
public final class JobEvents implements PulledContent.Pieces {
    private static final byte[] NOTHING_YET = new byte[0];
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Imports imports;
    private final UUID id;
    private final long intervalMillis;
    private byte[] last = NOTHING_YET;
    private long lastNanos;
    private boolean told;
    private boolean over;
    private long indexed = -1;
    private long indexedNanos;

    public JobEvents(Imports imports, UUID id, long intervalMillis) {
        this.imports = imports;
        this.id = id;
        this.intervalMillis = Math.max(1, intervalMillis);
    }

    @Override
    public byte @Nullable [] next() throws IOException {
        long now = System.nanoTime();
        if (over) {
            return null;
        }
        if (told && now - lastNanos < TimeUnit.MILLISECONDS.toNanos(intervalMillis)) {
            return NOTHING_YET;
        }
        Job job = imports.job(id);
        over = isOver(job, now);
        byte[] event = event(job);
        if (told && Arrays.equals(event, last)) {
            return over ? null : NOTHING_YET;
        }
        told = true;
        last = event;
        lastNanos = now;
        return event;
    }

    private boolean isOver(Job job, long now) {
        if (!job.state().isFinal()) {
            return false;
        }
        long at = job.progress().indexed();
        if (at != indexed) {
            indexed = at;
            indexedNanos = now;
        }
        return at >= job.result().inserted() + job.result().updated() || now - indexedNanos > PATIENCE_NANOS;
    }

    private static byte[] event(Job job) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        out.writeBytes("event: job\ndata: ".getBytes(StandardCharsets.US_ASCII));
        Json.encode(out, json -> JobEncoder.write(json, job)); // has no line breaks
        out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    @Override
    public AutoCloseable onMore(Runnable wake) {
        return imports.follow(id, wake);
    }

    @Override
    public long againMillis() {
        return intervalMillis;
    }

    @Override
    public byte[] heartbeat() {
        return HEARTBEAT;
    }
}
