package io.forebay.bench.load;

import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Latencies;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Requests at the times of a {@link Schedule}, whether or not those before them are answered. What a request took is counted from
 * when it was <em>due</em>, not from when it was sent: a server that stands still for a second makes everybody wait who came in
 * that second, and each of them is in the percentiles. A closed loop ({@link ClosedLoop}) sends nothing meanwhile and counts one
 * slow request (coordinated omission).
 *
 * <p>Requests are due in one order and each is taken by the first connection that is free. One that finds none free waits, and its
 * clock runs. When the schedule is over, requests that are late may still be sent for {@code graceSeconds}; what is left then
 * is not sent, and is counted with the time that it has waited, which is less than it would have taken.
 *
 * <p>Threads: one for each connection.
 *
 * <p>Failure: the first call that fails ends the load with its exception.
 */
public final class OpenLoop {
    private static final long LEAD_NANOS = 1_000_000;

    private final Pace pace;

    /** One request, sent and answered; called by many threads at once. */
    public interface Call {
        /** @param number of the request, from 0, each once */
        void send(long number) throws Exception;
    }

    /**
     * @param achievedPerSecond requests answered over the time of the schedule, or until the last answer when that came later
     * @param unsent            of the schedule, given up after the grace
     * @param latency           from when a request was due to its answer: the one to look at
     * @param service           from when it was sent; what a closed loop would call its latency
     * @param late              how late those were sent that found a connection free: the error of this clock
     */
    public record Result(String arrivals, double wantedPerSecond, double achievedPerSecond, double seconds,
            int connections, long due, long answered, long unsent, Distribution latency, Distribution service,
            Latencies late) {}

    /** What one connection saw. */
    private static final class Seen {
        final Histogram latency = Latencies.histogram();
        final Histogram service = Latencies.histogram();
        final Histogram late = Latencies.histogram();
        long answered;
        long unsent;
        long lastAnswer;

        void add(Seen other) {
            latency.add(other.latency);
            service.add(other.service);
            late.add(other.late);
            answered += other.answered;
            unsent += other.unsent;
            lastAnswer = Math.max(lastAnswer, other.lastAnswer);
        }
    }

    public OpenLoop() {
        this(Pace.ofSystem());
    }

    OpenLoop(Pace pace) {
        this.pace = pace;
    }

    /** @param connections requests under way at most */
    public Result run(Schedule schedule, int connections, double graceSeconds, Call call) throws Exception {
        AtomicLong next = new AtomicLong();
        long start = pace.nanos() + LEAD_NANOS;
        long over = start + (long) ((schedule.seconds() + graceSeconds) * 1e9);
        List<Seen> each = BenchThreads.onEach(connections, () -> ask(schedule, next, start, over, call));
        Seen all = new Seen();
        all.lastAnswer = start;
        each.forEach(all::add);
        double seconds = Math.max(schedule.seconds(), (all.lastAnswer - start) / 1e9);
        return new Result(schedule.arrivals().toString(), schedule.perSecond(), all.answered / seconds,
                seconds, connections, schedule.count(), all.answered, all.unsent,
                Distribution.of(all.latency), Distribution.of(all.service), Latencies.of(all.late));
    }

    private Seen ask(Schedule schedule, AtomicLong next, long start, long over, Call call) throws Exception {
        Seen seen = new Seen();
        for (long n = next.getAndIncrement(); n < schedule.count(); n = next.getAndIncrement()) {
            long due = start + schedule.due(n);
            boolean early = pace.nanos() < due;
            if (early) {
                pace.until(due);
            }
            long sent = pace.nanos();
            if (sent > over) {
                seen.unsent++;
                Latencies.record(seen.latency, sent - due);
                continue;
            }
            if (early) {
                Latencies.record(seen.late, sent - due);
            }
            call.send(n);
            seen.lastAnswer = pace.nanos();
            seen.answered++;
            Latencies.record(seen.latency, seen.lastAnswer - due);
            Latencies.record(seen.service, seen.lastAnswer - sent);
        }
        return seen;
    }
}
