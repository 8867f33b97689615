package io.forebay.etl.commit;

import io.forebay.model.StoredRecord;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of commits of all collections that were ever imported into. All methods may block on disk and on the engine,
 * so call them on threads that may; any may call.
 *
 * <p>Every method throws {@link io.forebay.model.ForebayException}: NOT_FOUND for a collection or commit that is not
 * there, UNAVAILABLE when disk or engine refuse.
 */
public interface History extends AutoCloseable {
    /** What {@link #log} gives of a line at least one commit of which exists. {@code main} is the first of the list. */
    record Page(List<CommitInfo> commits, long total) {}

    /**
     * Begins the commit of a job, or finds the one that the job began before a restart. Before it begins, what the API
     * changed since the newest commit becomes an implicit commit (for a collection that has none: all that it holds).
     */
    CommitDraft draft(DraftRequest request);

    /**
     * Newest first; first makes an implicit commit of what the API changed since the newest one, if there is one and nobody
     * drafts. Empty for a collection that was never imported into.
     */
    Page log(UUID collection, int offset, int limit);

    /** By its id, a unique prefix of at least 8 characters, or {@code main}. */
    CommitInfo commit(UUID collection, String commit);

    /** One row that differs. Hashes are 64 hexadecimal characters; null where the row is not there. */
    record RowDiff(String id, @Nullable String before, @Nullable String after) {}

    /** Rows of one commit, or that differ between two, ordered by id, from behind {@code afterId} on, at most so many. */
    List<RowDiff> diff(UUID collection, @Nullable String from, String to, @Nullable String afterId,
            int limit);

    /**
     * The rows of these ids (null: all, ordered by id, from behind {@code afterId} on, at most {@code limit}) as they were
     * at a commit; those that were not there are left out.
     */
    List<StoredRecord> rows(UUID collection, String commit, @Nullable List<String> ids,
            @Nullable String afterId, int limit);

    /** One step of undoing a commit. */
    record Undo(String id, @Nullable StoredRecord before, byte @Nullable [] sourceHash,
            boolean changedSince) {}

    /** Everything that undoing a commit has to write, ordered by id, from behind {@code afterId} on. */
    void undo(UUID collection, String commit, @Nullable String afterId, Consumer<Undo> steps);

    /** How many rows of a commit were changed by later ones. */
    long changedSince(UUID collection, String commit);

    /** Forgets collections that are not there any more, and rows that nothing names. */
    void sweep();

    @Override
    void close();
}
