package io.forebay.etl.commit;

import io.forebay.etl.commit.CommitDraft.Counts;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A draft as it is on disk: in the same write batch as the changes that it counts.
 *
 * @param job         null for an implicit one
 * @param number      of the commit that it will be: the head's and one
 * @param seqId       up to which the API's changes are in the line, as of its beginning
 * @param operations  that the collection had got by that seqId; -1 when it is not known what of them is whose
 * @param puts        how many calls of put are in it
 * @param written     operations that whoever drafts has written to the collection since its beginning
 */
record Draft(@Nullable UUID job, long number, long seqId, long operations, @Nullable String message,
        @Nullable String author, @Nullable String revertOf, long puts, long written, Counts counts) {
    private static final Counts NONE = new Counts(0, 0, 0);

    static Draft implicit(long number, long seqId) {
        return new Draft(null, number, seqId, -1, null, null, null, 0, 0, NONE);
    }

    static Draft of(DraftRequest request, long number, long seqId, long operations) {
        return new Draft(request.job(), number, seqId, operations, request.message(), request.author(),
                request.revertOf(), 0, 0, NONE);
    }

    /** @param more operations that were written; -1 when that is not known */
    Draft with(long more, Counts now) {
        return new Draft(job, number, seqId, more < 0 ? -1 : operations, message, author, revertOf, puts + 1,
                written + Math.max(0, more), now);
    }

    boolean isEmpty() {
        return counts.equals(NONE);
    }

    boolean isSame(Draft other) {
        return number == other.number && (job == null ? other.job == null : job.equals(other.job));
    }

    CommitInfo.Kind kind() {
        return job == null
                ? CommitInfo.Kind.IMPLICIT
                : revertOf == null ? CommitInfo.Kind.IMPORT : CommitInfo.Kind.REVERT;
    }
}
