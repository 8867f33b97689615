package io.forebay.etl.commit;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.rocksdb.WriteBatch;

/**
 * The commit that a job is making: found again under the job's id after a restart. One at a time for a collection. One
 * thread at a time.
 */
public interface CommitDraft {
    UUID collection();

    /** What is known of these ids now: as of the newest commit, with what this draft has written since. */
    Map<String, RowState> find(Collection<String> ids);

    /**
     * Adds to the batch what makes these changes part of the draft; they take effect when the caller writes the batch. Of an
     * id that comes twice in a draft the commit has the first "before" and the last "after". A row that is equal to what
     * it was changes nothing.
     *
     * @param operations that the engine acknowledged for these changes ({@code WriteAck.records}, summed up); -1 when not
     *                   known. When those of all puts are known and nobody else wrote meanwhile, the collection is not
     *                   looked through again for what others may have written
     */
    void put(WriteBatch batch, List<RowChange> changes, long operations);

    /** It is not known how many operations there were. */
    default void put(WriteBatch batch, List<RowChange> changes) {
        put(batch, changes, -1);
    }

    /** So far, as written: rows that were not there, that were and are other now, that are gone. */
    Counts counts();

    /**
     * Ends the draft as the newest commit (also when nothing changed) and writes that durably. Calling it again, also after
     * a restart, answers the same commit.
     */
    CommitInfo finish();

    /** Counts of rows. */
    record Counts(long inserted, long updated, long deleted) {}
}
