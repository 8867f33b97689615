package io.forebay.etl.job;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How many kept jobs there are of each state. Those that are not over are held one by one, so that it does not matter how
 * often a state is told, nor whether the write that it was told for is made in the end: it is told again then. Of those
 * that are over there is a number only.
 *
 * <p>Threads: any; each job is told of by one at a time.
 */
final class JobCounts {
    private final Map<UUID, JobState> moving = new HashMap<>();
    private final Map<JobState, Long> over = new EnumMap<>(JobState.class);

    /** Whether it is not over, so that nobody needs to say of which state it was. */
    synchronized boolean isMoving(UUID id) {
        return moving.containsKey(id);
    }

    /** A batch that is not written yet says so. */
    synchronized void announced(UUID id, JobState state) {
        moving.replace(id, state);
    }

    /** @param before what is kept of a job that is not moving; null for a new one */
    synchronized void written(UUID id, @Nullable JobState before, JobState now) {
        deleted(id, before);
        if (now.isFinal()) {
            over.merge(now, 1L, Long::sum);
        } else {
            moving.put(id, now);
        }
    }

    synchronized void deleted(UUID id, @Nullable JobState before) {
        if (moving.remove(id) == null && before != null && before.isFinal()) {
            over.merge(before, -1L, Long::sum);
        }
    }

    /** Every state is there. */
    synchronized Map<JobState, Long> now() {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        for (JobState state : JobState.values()) {
            counts.put(state, over.getOrDefault(state, 0L));
        }
        moving.values().forEach(state -> counts.merge(state, 1L, Long::sum));
        return counts;
    }
}
