package io.forebay.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One search: the records that ids and filter allow, scored by {@code rank} and in the order of their scores, of equal
 * scores the record that was inserted first; without rank in the order of insertion. Groups are made before offset and
 * limit apply.
 *
 * @param limit null for no limit
 */
public record SearchRequest(@Nullable List<String> ids, @Nullable Where where, @Nullable Rank rank,
        @Nullable GroupBy groupBy, int offset, @Nullable Integer limit, Select select) {
    /** Searches of one request. */
    public static final int SEARCHES_MAX = 256;
    /** Nodes of one rank expression, and how deep they may lie. */
    public static final int RANK_NODES_MAX = 1024;
    public static final int RANK_DEPTH_MAX = 128;
    /** Of these, how many may be {@code $knn}. */
    public static final int KNN_MAX = 32;
    /** The largest limit of one {@code $knn}. */
    public static final int KNN_LIMIT_MAX = 1_000_000;
    /** The limits of all {@code $knn} of a request together. */
    public static final int KNN_LIMITS_MAX = 1_000_000;
    private static final String INVALID = "Validation error: searches.rank: ";

    public SearchRequest {
        ids = ids == null ? null : List.copyOf(ids);
        if (rank != null) {
            int[] seen = new int[2];
            check(rank, 1, seen);
        }
    }

    /** Everything, scored by one expression. */
    public static SearchRequest ranked(Rank rank, @Nullable Integer limit, Select select) {
        return new SearchRequest(null, null, rank, null, 0, limit, select);
    }

    public SearchRequest where(@Nullable Where filter) {
        return new SearchRequest(ids, filter, rank, groupBy, offset, limit, select);
    }

    public SearchRequest groupBy(@Nullable GroupBy groups) {
        return new SearchRequest(ids, where, rank, groups, offset, limit, select);
    }

    /** @param seen nodes, and those that are knn */
    private static void check(Rank rank, int depth, int[] seen) {
        require(depth <= RANK_DEPTH_MAX,
                "deeper than " + RANK_DEPTH_MAX + " expressions (limit rank.depth)");
        require(++seen[0] <= RANK_NODES_MAX,
                "more than " + RANK_NODES_MAX + " expressions (limit rank.expressions)");
        if (rank instanceof Rank.Knn knn) {
            require(++seen[1] <= KNN_MAX, "more than " + KNN_MAX + " $knn (limit rank.knn)");
            require(knn.limit() <= KNN_LIMIT_MAX,
                    "$knn.limit " + knn.limit() + " is above " + KNN_LIMIT_MAX + " (limit knn.limit)");
        } else if (rank instanceof Rank.Folded folded) {
            for (Rank operand : folded.operands()) {
                check(operand, depth + 1, seen);
            }
        } else if (rank instanceof Rank.Paired paired) {
            check(paired.left(), depth + 1, seen);
            check(paired.right(), depth + 1, seen);
        } else if (rank instanceof Rank.Applied applied) {
            check(applied.operand(), depth + 1, seen);
        }
    }

    private static void require(boolean ok, String message) {
        if (!ok) {
            throw ForebayException.invalid(INVALID + message);
        }
    }
}
