package io.forebay.etl;

import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.LiveJob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that are not over, in the order in which they were made. At most so many are at work, of one collection one: a
 * commit is one import's.
 *
 * <p>Threads: any; its own lock, under which only a job's own is taken.
 */
final class JobQueue {
    private final int atWorkMax;
    private final Map<UUID, LiveJob> jobs = new LinkedHashMap<>();
    private final Set<UUID> atWork = new HashSet<>();
    private final Set<String> busy = new HashSet<>();

    JobQueue(int atWorkMax) {
        this.atWorkMax = atWorkMax;
    }

    private static String place(ImportRequest request) {
        return request.tenant() + '\n' + request.database() + '\n' + request.collection();
    }

    synchronized void add(LiveJob job) {
        jobs.put(job.id, job);
    }

    synchronized @Nullable LiveJob find(UUID id) {
        return jobs.get(id);
    }

    /** The next one that may be worked on, which is at work from now on; null for none. */
    synchronized @Nullable LiveJob begin(Predicate<LiveJob> isReady) {
        if (atWork.size() >= atWorkMax) {
            return null;
        }
        Iterator<LiveJob> all = jobs.values().iterator();
        while (all.hasNext()) {
            LiveJob job = all.next();
            String place = place(job.request);
            if (!atWork.contains(job.id) && !busy.contains(place) && isReady.test(job)) {
                atWork.add(job.id);
                busy.add(place);
                return job;
            }
        }
        return null;
    }

    /** It is not at work any more. */
    synchronized void end(LiveJob job, boolean over) {
        atWork.remove(job.id);
        busy.remove(place(job.request));
        if (over) {
            jobs.remove(job.id);
        }
    }

    /** One that is not at work goes; false when it is. */
    synchronized boolean removeWaiting(LiveJob job) {
        return !atWork.contains(job.id) && jobs.remove(job.id) != null;
    }

    synchronized List<LiveJob> all() {
        return new ArrayList<>(jobs.values());
    }

    /** Of these how many are not at work. */
    synchronized int waiting(Predicate<LiveJob> of) {
        return (int) jobs.values().stream().filter(job -> !atWork.contains(job.id) && of.test(job)).count();
    }

    synchronized int working() {
        return atWork.size();
    }
}
