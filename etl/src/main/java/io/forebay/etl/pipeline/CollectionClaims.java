package io.forebay.etl.pipeline;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Which job works on which collection: by its id, because names may change meanwhile. Threads: any. */
public final class CollectionClaims {
    private final ConcurrentHashMap<UUID, UUID> jobs = new ConcurrentHashMap<>();

    boolean claim(UUID collection, UUID job) {
        return job.equals(jobs.computeIfAbsent(collection, free -> job));
    }

    /** What this job has claimed is free. */
    public void release(UUID job) {
        jobs.values().removeIf(job::equals);
    }
}
