package io.forebay.engine.backup;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup as it can be seen.
 *
 * @param seconds      it took, or takes so far
 * @param bytes        of all its files; so far
 * @param newBytes     of those that were not in the pool
 * @param fromSeqId    the store can be restored as of any seqId from here; 0 as long as that is not known
 * @param toSeqId      to here by this backup alone
 * @param reachSeqId   to here with the log that later backups have
 * @param failure      why it failed, or cannot be read
 * @param verification null when it was not verified since the start
 */
public record BackupState(String id, Phase phase, Instant created, double seconds, long bytes, long newBytes,
        int files, int newFiles, long fromSeqId, long toSeqId, long reachSeqId, @Nullable String failure,
        @Nullable Verification verification) {

    /** Where it is. */
    public enum Phase {
        RUNNING, DONE, FAILED, DAMAGED
    }

    /**
     * A reading of all its files.
     *
     * @param finished null while it is under way
     * @param bytes    read so far
     * @param problems what does not check
     */
    public record Verification(Instant started, @Nullable Instant finished, long bytes,
            List<String> problems) {
        public boolean isSound() {
            return finished != null && problems.isEmpty();
        }
    }
}
