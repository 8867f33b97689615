package io.forebay.server.lag;

import io.forebay.model.Lag;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Samples of any collections in the order of their time, for so many seconds and in so many bytes at most: what is too
 * old, or too much, goes from the oldest end. One collection's samples are not together, so one that stands still takes
 * nothing, and the bound holds for all of them whatever their number. Kept in chunks of ints, which come and go as wholes.
 *
 * <p>Threads: one at a time.
 */
final class SampleRing {
    static final int SAMPLE_BYTES = 48;
    private static final int INTS = SAMPLE_BYTES / Integer.BYTES;

    private final int seconds;
    private final int chunkSamples;
    private final int chunksMax;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    /** The last second of which something was given up for want of room; -1: none. */
    private int lostSecond = -1;

    private static final class Chunk {
        private final int[] ints;
        private int size;

        Chunk(int samples) {
            this.ints = new int[samples * INTS];
        }

        int second(int sample) {
            return ints[sample * INTS + 1];
        }
    }

    /** @param samplesMax rounded down to whole chunks, but at least two */
    SampleRing(int seconds, int chunkSamples, int samplesMax) {
        this.seconds = seconds;
        this.chunkSamples = chunkSamples;
        this.chunksMax = Math.max(2, samplesMax / chunkSamples);
    }

    void add(Sample sample) {
        Chunk last = chunks.peekLast();
        if (last == null || last.size == chunkSamples) {
            if (chunks.size() == chunksMax) {
                Chunk oldest = chunks.removeFirst();
                lostSecond = oldest.second(oldest.size - 1);
            }
            last = new Chunk(chunkSamples);
            chunks.addLast(last);
        }
        write(last.ints, last.size * INTS, sample);
        last.size++;
    }

    /** Lets go of chunks that are too old as wholes. */
    void forget(int now) {
        for (Chunk oldest = chunks.peekFirst(); oldest != null
                && oldest.second(oldest.size - 1) <= now - seconds; oldest = chunks.peekFirst()) {
            chunks.removeFirst();
        }
    }

    /** The second from which on nothing is missing. */
    int completeFrom(int now) {
        return Math.max(Math.max(0, now - seconds + 1), lostSecond + 1);
    }

    long bytes() {
        return (long) chunks.size() * chunkSamples * SAMPLE_BYTES;
    }

    /** Samples of these seconds, both included, whose number is wanted; oldest first. */
    void read(int from, int to, IntPredicate wanted, Consumer<Sample> consumer) {
        for (Chunk chunk : chunks) {
            if (chunk.second(chunk.size - 1) < from) {
                continue;
            }
            if (chunk.second(0) > to) {
                return;
            }
            for (int i = 0; i < chunk.size; i++) {
                int second = chunk.second(i);
                if (second >= from && second <= to && wanted.test(chunk.ints[i * INTS])) {
                    consumer.accept(sample(chunk.ints, i * INTS));
                }
            }
        }
    }

    private static void write(int[] to, int at, Sample sample) {
        to[at] = sample.number();
        to[at + 1] = sample.second();
        to[at + 2] = (int) (sample.operations() >>> 32);
        to[at + 3] = (int) sample.operations();
        lag(to, at + 4, sample.ingest());
        lag(to, at + 7, sample.index());
        to[at + 10] = Float.floatToIntBits((float) sample.applyRate());
        to[at + 11] = Float.floatToIntBits((float) sample.linkRate());
    }

    private static void lag(int[] to, int at, Lag lag) {
        to[at] = (int) Math.min(Integer.MAX_VALUE, lag.records());
        to[at + 1] = Float.floatToIntBits(lag.bytes());
        to[at + 2] = Float.floatToIntBits((float) lag.seconds());
    }

    private static Sample sample(int[] from, int at) {
        return new Sample(from[at], from[at + 1], (long) from[at + 2] << 32 | from[at + 3] & 0xFFFF_FFFFL,
                lag(from, at + 4), lag(from, at + 7), Float.intBitsToFloat(from[at + 10]),
                Float.intBitsToFloat(from[at + 11]));
    }

    private static Lag lag(int[] from, int at) {
        return new Lag(from[at], (long) Float.intBitsToFloat(from[at + 1]),
                Float.intBitsToFloat(from[at + 2]));
    }
}
