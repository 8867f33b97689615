package io.forebay.etl.job;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of a job that changes, with the checkpoint from which it goes on. Guarded by its {@link LiveJob}; who has one
 * to itself (read from the store) needs no guard.
 */
public final class JobStatus {
    public JobState state = JobState.PENDING;
    /** What it does or waits for just now, for people. */
    public String phase = "waiting";
    /** Of the phases the last that was begun, whatever it waits for meanwhile. */
    public String stage = "waiting";
    /** How it will end as soon as its commit has; null until that is known. */
    public @Nullable JobState endingAs;
    public @Nullable UUID collectionId;
    public long startedMillis;
    public long endedMillis;
    /** Worked on, in processes before this one too. */
    public long workedMillis;
    /** Kept apart from the rest, see {@link JobStore}. */
    public boolean cancelling;
    /** When it is cancelled: undo what was loaded. Kept apart, too. */
    public boolean reverting;

    /** What was fetched from elsewhere, by the name that tells its format; null while it is not here. */
    public @Nullable String fetchedName;

    /** The items of the source below this are dealt with. */
    public long nextOrdinal;
    /** Line or row of the last of them, from 1; 0 for none. */
    public long lastLine;
    /** Of an undo: the rows up to this id are dealt with; null for none. */
    public @Nullable String afterId;
    /**
     * A write may be in the log though its checkpoint is not here: it ended before this item. The same write is then made
     * again, under the same key. 0 for none.
     */
    public long intendedOrdinal;

    public long processed;
    public long total = -1;
    public long bytesProcessed;
    public long bytesTotal = -1;
    public long batches;
    public long inserted;
    public long updated;
    public long deleted;
    public long skipped;
    public long failed;
    public long embedded;
    public long fromCache;
    /** Of the last write; 0 for none. */
    public long lastSeqId;

    public @Nullable String error;
    public String failedAt = "";
    public long errorOrdinal;
    public long errorLine;
    public @Nullable String commit;
    public List<Job.MemoryMark> memory = new ArrayList<>();

    /** Rows that it wrote. */
    public long written() {
        return inserted + updated + deleted;
    }

    public JobStatus copy() {
        JobStatus copy = JobCodec.status(JobCodec.bytes(this));
        copy.cancelling = cancelling;
        copy.reverting = reverting;
        return copy;
    }
}
