package io.forebay.etl;

import io.forebay.model.ForebayException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many jobs one client may submit, or files he may have shown: a bucket for each, filled at the rate, as deep as
 * a minute. Clients that were not seen for long are forgotten, and at most so many are remembered. Threads: any.
 */
final class SubmissionRate {
    private static final int CLIENTS_MAX = 10_000;

    private final int perMinute;
    private final String what;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    private static final class Bucket {
        private double left;
        private long sinceNanos;
    }

    /**
     * @param perMinute 0 for any number
     * @param what      for people: what is bounded
     */
    SubmissionRate(int perMinute, String what, LongSupplier nanos) {
        this.what = what;
        this.perMinute = perMinute;
        this.nanos = nanos;
    }

    /** Throws BACKOFF when the client must wait; takes nothing. */
    synchronized void check(String client) {
        if (perMinute > 0) {
            Bucket bucket = filled(client);
            if (bucket.left < 1) {
                int seconds = (int) Math.ceil((1 - bucket.left) * 60 / perMinute);
                throw ForebayException.backoff("imports.submissions_per_minute",
                        "A client may submit " + perMinute + " " + what
                                + " a minute (imports.submissions_per_minute). Try again in "
                                + seconds + " s",
                        Math.max(1, seconds));
            }
        }
    }

    synchronized void take(String client) {
        check(client);
        if (perMinute > 0) {
            filled(client).left--;
        }
    }

    private Bucket filled(String client) {
        long now = nanos.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(client, c -> {
            Bucket full = new Bucket();
            full.left = perMinute;
            full.sinceNanos = now;
            return full;
        });
        double minutes = (now - bucket.sinceNanos) / (double) TimeUnit.MINUTES.toNanos(1);
        bucket.left = Math.min(perMinute, bucket.left + minutes * perMinute);
        bucket.sinceNanos = now;
        return bucket;
    }
}
