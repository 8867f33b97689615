package io.forebay.server.lag;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the positions were: a sample a second for five minutes, one every ten seconds for an hour. A collection has samples
 * of the seconds in which it moved or was behind; in between it stood still, with no lag. A sample of ten seconds has the
 * last positions and the worst lag of them.
 *
 * <p>Memory: {@link SampleRing#SAMPLE_BYTES} per sample, so 31 KB for a collection that moves all the time for an hour and
 * nothing for one that does not; {@link #BYTES_MAX} for all. Beyond it the oldest samples go first: 10,000
 * collections that move all the time leave half a minute of seconds and six minutes of tens.
 *
 * <p>Threads: any; each method holds the object's own lock, a read for as long as it copies.
 */
public final class LagHistory {
    static final int FINE_SECONDS = 300;
    static final int COARSE_SECONDS = 3_600;
    static final int STEP_SECONDS = 10;
    static final long BYTES_MAX = 32L << 20;
    private static final int SAMPLES_MAX = (int) (BYTES_MAX / 2 / SampleRing.SAMPLE_BYTES);
    private static final int CHUNK_SAMPLES = 1024;

    private final SampleRing fine;
    private final SampleRing coarse;
    private final SampleRing storeFine = new SampleRing(FINE_SECONDS, 60, FINE_SECONDS + 120);
    private final SampleRing storeCoarse = new SampleRing(COARSE_SECONDS, 60, COARSE_SECONDS / 10 + 120);
    /** What moved since the last step, by number: the worst so far. */
    private final Map<Integer, Sample> step = new HashMap<>();
    private final List<Sample> storeStep = new ArrayList<>();
    private int now;

    /**
     * What was asked for.
     *
     * @param from        the second from which on nothing is missing
     * @param fineFrom    the second from which on there is one sample a second
     * @param collections by number, oldest first
     */
    public record Window(int from, int fineFrom, Map<Integer, List<Sample>> collections,
            List<Sample> store) {}

    public LagHistory() {
        this(CHUNK_SAMPLES, SAMPLES_MAX);
    }

    /** @param samplesMax of each resolution */
    LagHistory(int chunkSamples, int samplesMax) {
        this.fine = new SampleRing(FINE_SECONDS, chunkSamples, samplesMax);
        this.coarse = new SampleRing(COARSE_SECONDS, chunkSamples, samplesMax);
    }

    /** Everything that is told of one second; seconds must grow. */
    synchronized void add(int second, List<Sample> samples, Sample store) {
        if (second / STEP_SECONDS != now / STEP_SECONDS) {
            endStep();
        }
        now = second;
        for (Sample sample : samples) {
            fine.add(sample);
            step.merge(sample.number(), sample, (before, next) -> next.orWorse(before));
        }
        storeFine.add(store);
        storeStep.add(store);
        fine.forget(second);
        coarse.forget(second);
        storeFine.forget(second);
        storeCoarse.forget(second);
    }

    private void endStep() {
        int end = (now / STEP_SECONDS + 1) * STEP_SECONDS - 1;
        step.values().forEach(sample -> coarse.add(at(end, sample)));
        step.clear();
        storeStep.stream().reduce((before, next) -> next.orWorse(before))
                .ifPresent(sample -> storeCoarse.add(at(end, sample)));
        storeStep.clear();
    }

    /** A sample of ten seconds is one of the last of them, so that those of a step come in order with those of others. */
    private static Sample at(int second, Sample sample) {
        return new Sample(sample.number(), second, sample.operations(), sample.ingest(), sample.index(),
                sample.applyRate(), sample.linkRate());
    }

    public synchronized int now() {
        return now;
    }

    public synchronized long bytes() {
        return fine.bytes() + coarse.bytes() + storeFine.bytes() + storeCoarse.bytes();
    }

    /** The numbers with a sample between these seconds, the first not included; null when some of those are gone. */
    synchronized int @Nullable [] movedBetween(int after, int to) {
        if (fine.completeFrom(now) > after + 1) {
            return null;
        }
        IntStream.Builder moved = IntStream.builder();
        fine.read(after + 1, to, number -> true, sample -> moved.add(sample.number()));
        return moved.build().sorted().distinct().toArray();
    }

    /**
     * What is there from this second on: in seconds where they are, before in tens.
     *
     * @param samplesMax of collections; where there are more, the newest
     */
    public synchronized Window since(int second, IntPredicate wanted, int samplesMax) {
        Newest newest = new Newest(samplesMax);
        int fineFrom = read(fine, coarse, second, wanted, newest);
        Map<Integer, List<Sample>> collections = new HashMap<>();
        for (Sample sample : newest.samples) {
            if (sample.second() > newest.lostSecond) {
                collections.computeIfAbsent(sample.number(), n -> new ArrayList<>()).add(sample);
            }
        }
        List<Sample> store = new ArrayList<>();
        read(storeFine, storeCoarse, second, number -> true, store::add);
        int complete = Math.min(fineFrom, coarse.completeFrom(now));
        return new Window(Math.max(Math.max(second, complete), newest.lostSecond + 1), fineFrom, collections,
                store);
    }

    /** Returns the first second that is read from the fine ring: it begins where a step does, unless all of it is fine. */
    private int read(SampleRing seconds, SampleRing tens, int from, IntPredicate wanted,
            Consumer<Sample> into) {
        int complete = seconds.completeFrom(now);
        int fineFrom = from;
        if (from < complete) {
            int stepAtHand = now / STEP_SECONDS * STEP_SECONDS; // not in the tens yet
            int nextStep = (complete + STEP_SECONDS - 1) / STEP_SECONDS * STEP_SECONDS;
            fineFrom = Math.max(complete, Math.min(nextStep, stepAtHand));
            tens.read(Math.max(from, tens.completeFrom(now)), fineFrom - 1, wanted, into);
        }
        seconds.read(fineFrom, now, wanted, into);
        return fineFrom;
    }

    /** The last so many of what it is given. */
    private static final class Newest implements Consumer<Sample> {
        private final int max;
        private final ArrayDeque<Sample> samples = new ArrayDeque<>();
        private int lostSecond = -1;

        Newest(int max) {
            this.max = max;
        }

        @Override
        public void accept(Sample sample) {
            samples.addLast(sample);
            if (samples.size() > max) {
                lostSecond = samples.removeFirst().second();
            }
        }
    }
}
