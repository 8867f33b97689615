package io.forebay.etl;

import io.forebay.etl.job.JobSource;
import io.forebay.etl.source.Sources;
import io.forebay.model.ForebayException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which objects that clients put into the bucket themselves are there. Threads: any; one looks. */
final class AwaitedUploads {
    private static final Logger LOG = LoggerFactory.getLogger(AwaitedUploads.class);
    /** An upload that began in time may end a little later. */
    private static final long GRACE_MILLIS = 60L * 60 * 1000;

    private final Sources sources;
    private final Set<UUID> there = ConcurrentHashMap.newKeySet();

    AwaitedUploads(Sources sources) {
        this.sources = sources;
    }

    void forget(UUID job) {
        there.remove(job);
    }

    boolean isThere(UUID job) {
        return there.contains(job);
    }

    /** Asks the storage; false when it will not come any more. */
    boolean look(UUID job, JobSource.Awaited awaited) {
        try {
            if (sources.isUploaded(awaited.key())) {
                there.add(job);
                return true;
            }
        } catch (ForebayException away) {
            LOG.debug("object storage does not answer", away);
            return true; // whether it is there is not known
        }
        return System.currentTimeMillis() < awaited.expiresMillis() + GRACE_MILLIS;
    }
}
