package io.forebay.bench.load;

import java.util.Locale;
import java.util.Random;

/** When requests are due, whatever becomes of those before them. Immutable. */
public final class Schedule {
    private static final long REQUESTS_MAX = 50_000_000;

    private final Arrivals arrivals;
    private final double perSecond;
    private final double seconds;
    /** Of each request, in nanoseconds from the beginning. */
    private final long[] due;

    /** How requests follow each other. */
    public enum Arrivals {
        /** At even distances. */
        CONSTANT,
        /** Independently of each other, as those of many users are. */
        POISSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Schedule(Arrivals arrivals, double perSecond, double seconds, long[] due) {
        this.arrivals = arrivals;
        this.perSecond = perSecond;
        this.seconds = seconds;
        this.due = due;
    }

    /** @param seed of the distances of {@link Arrivals#POISSON} */
    public static Schedule of(Arrivals arrivals, double perSecond, double seconds, long seed) {
        double wanted = perSecond * seconds;
        if (!(perSecond > 0) || !(seconds > 0) || !(wanted <= REQUESTS_MAX)) {
            throw new IllegalArgumentException(
                    perSecond + " requests/s for " + seconds + " s: must be some, and " + REQUESTS_MAX
                            + " at most");
        }
        long[] due = new long[(int) Math.max(1, Math.round(wanted))];
        Random random = new Random(seed);
        double at = 0;
        for (int i = 0; i < due.length; i++) {
            due[i] = (long) ((arrivals == Arrivals.CONSTANT ? i / perSecond : at) * 1e9);
            at -= Math.log(1 - random.nextDouble()) / perSecond;
        }
        return new Schedule(arrivals, perSecond, seconds, due);
    }

    public Arrivals arrivals() {
        return arrivals;
    }

    public double perSecond() {
        return perSecond;
    }

    public double seconds() {
        return seconds;
    }

    public int count() {
        return due.length;
    }

    long due(long number) {
        return due[(int) number];
    }
}
