package io.forebay.engine.backup;

import io.forebay.engine.snapshot.BackupPart;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.Forebay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that is open and goes on working. Its files get second names in {@value #STAGING} in its directory, which are
 * removed behind the backup, or at the next one when the process died.
 */
public final class OpenStore implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStore.class);
    static final String STAGING = "backup.tmp";
    private static final long PAUSE_NANOS_MAX = 200_000_000;

    private final Forebay engine;
    private final List<BackupPart> parts;
    private volatile boolean closed;
    /** Only who copies. */
    private long lastSeqId;

    public OpenStore(Forebay engine, List<BackupPart> parts) {
        this.engine = engine;
        this.parts = parts;
    }

    @Override
    public Held hold() {
        Path staging = engine.directory().resolve(STAGING);
        removeStaging();
        try {
            Files.createDirectories(staging);
            Snapshot snapshot = engine.snapshot(staging, parts);
            return new Held() {
                @Override
                public Snapshot snapshot() {
                    return snapshot;
                }

                @Override
                public void close() {
                    removeStaging();
                }
            };
        } catch (IOException e) {
            removeStaging();
            throw Repository.failed("cannot make " + staging, e);
        } catch (RuntimeException | Error e) {
            removeStaging();
            throw e;
        }
    }

    /** Also what a process left that died. */
    void removeStaging() {
        try {
            Copying.deleteTree(engine.directory().resolve(STAGING));
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", engine.directory().resolve(STAGING), e.toString());
        }
    }

    @Override
    public void checkMayGoOn() {
        checkOpen();
        engine.checkDisk();
    }

    void checkOpen() {
        if (closed) {
            throw new BackupException(BackupException.Reason.CLOSED, "the store is being closed");
        }
    }

    /** While somebody writes, as long as the step took: half of the disk is theirs. */
    @Override
    public void giveWay(long nanos) {
        long now = engine.lastSeqId();
        boolean writing = now != lastSeqId;
        lastSeqId = now;
        long end = System.nanoTime() + Math.min(nanos, PAUSE_NANOS_MAX);
        for (long rest = end - System.nanoTime(); writing && !closed
                && rest > 0; rest = end - System.nanoTime()) {
            LockSupport.parkNanos(rest);
        }
    }

    /** What is under way ends soon. */
    void close() {
        closed = true;
    }
}
