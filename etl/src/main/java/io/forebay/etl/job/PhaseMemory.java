package io.forebay.etl.job;

import java.util.ArrayList;
import java.util.List;

/** What the process's memory was during the phases of a job. Guarded by the job. */
final class PhaseMemory {
    private final List<Job.MemoryMark> ended = new ArrayList<>();
    private String phase = "";
    private long rss;
    private long heap;
    private long peak;
    private long sum;
    private long samples;

    /** @param before what an earlier process recorded */
    PhaseMemory(List<Job.MemoryMark> before) {
        ended.addAll(before);
    }

    void sample(long rssNow, long heapNow) {
        rss = rssNow;
        heap = heapNow;
        peak = Math.max(peak, rssNow);
        sum += rssNow;
        samples++;
    }

    /** Ends the phase at hand; answers all that have ended. */
    List<Job.MemoryMark> enter(String next) {
        if (samples > 0 && !phase.isEmpty() && !phase.equals(next)) {
            ended.add(mark());
        }
        if (!phase.equals(next)) {
            phase = next;
            peak = 0;
            sum = 0;
            samples = 0;
        }
        return new ArrayList<>(ended);
    }

    private Job.MemoryMark mark() {
        return new Job.MemoryMark(phase, rss, heap, peak, sum / samples);
    }

    /** With the phase at hand; those of an earlier process when there is nothing of this one. */
    List<Job.MemoryMark> marks(List<Job.MemoryMark> before) {
        if (samples == 0 || phase.isEmpty()) {
            return before;
        }
        List<Job.MemoryMark> all = new ArrayList<>(ended);
        all.add(mark());
        return all;
    }
}
