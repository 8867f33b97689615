package io.forebay.server.http.stream;

import io.forebay.server.lag.LagMonitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Overviews as server-sent events, one for each look of the monitor at most, made when somebody wants it and once for all
 * who do.
 *
 * <p>Threads: any; making an event is under the object's own lock, so that of several who want the same one makes it.
 */
public final class OverviewEvents {
    private static final byte[] NOTHING_YET = new byte[0];
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final LagMonitor monitor;
    private final Source source;
    private byte @Nullable [] last;
    private int lastSecond = -1;

    /** What is told, as JSON without line breaks. */
    @FunctionalInterface
    public interface Source {
        byte[] json() throws IOException;
    }

    public OverviewEvents(LagMonitor monitor, Source source) {
        this.monitor = monitor;
        this.source = source;
    }

    private synchronized byte[] event(int second) throws IOException {
        byte[] event = last;
        if (event == null || second != lastSecond) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
            out.writeBytes("event: overview\ndata: ".getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(source.json());
            out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
            event = out.toByteArray();
            last = event;
            lastSecond = second;
        }
        return event;
    }

    /** For one connection: an event at once, then one after each interval. */
    public PulledContent.Pieces follower(int intervalMillis) {
        return new Follower(Math.max(1, intervalMillis / 1000));
    }

    private final class Follower implements PulledContent.Pieces {
        private final int intervalSeconds;
        private int told = Integer.MIN_VALUE;

        Follower(int intervalSeconds) {
            this.intervalSeconds = intervalSeconds;
        }

        @Override
        public byte[] next() throws IOException {
            int second = monitor.history().now();
            if (told != Integer.MIN_VALUE && second - told < intervalSeconds) {
                return NOTHING_YET;
            }
            told = second;
            return event(second);
        }

        @Override
        public AutoCloseable onMore(Runnable wake) {
            monitor.follow(wake);
            return () -> monitor.unfollow(wake);
        }

        @Override
        public byte[] heartbeat() {
            return HEARTBEAT;
        }
    }
}
