package io.forebay.engine;

import io.forebay.engine.rank.Ranking;
import io.forebay.index.vector.SearchOptions;
import io.forebay.model.ForebayException;
import io.forebay.model.Rank;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPlan;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers searches: filter, find what each {@code $knn} asks for, rank, group, cut, fetch.
 *
 * <p>Threads: as {@link ReadPath}, which waits and takes the snapshot; all searches of a request run one after the other
 * on one query thread, over the same snapshot.
 *
 * <p>Failure: what can be wrong with a search is found before anything waits, but for a dimension that the first vector
 * fixes meanwhile. A request that takes longer than a read may wait is given up before the next of its searches.
 */
final class SearchPath {
    private final ReadPath reads;

    SearchPath(ReadPath reads) {
        this.reads = reads;
    }

    CompletableFuture<List<List<SearchHit>>> search(CollectionRuntime runtime, List<SearchRequest> searches,
            ReadOptions read) {
        boolean vectors = false;
        try {
            if (searches.size() > SearchRequest.SEARCHES_MAX) {
                throw ForebayException.invalid("Validation error: searches: " + searches.size()
                        + " are more than " + SearchRequest.SEARCHES_MAX + " (limit searches)");
            }
            checkLimits(searches);
            for (SearchRequest search : searches) {
                vectors |= check(runtime, search) || search.select().has(Select.EMBEDDING);
            }
        } catch (ForebayException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        SearchOptions options = new SearchOptions(0, ReadPath.isIndexOnly(runtime, read));
        long start = System.nanoTime();
        return reads.answer(runtime, read, "search", vectors, snapshot -> {
            List<List<SearchHit>> answers = new ArrayList<>(searches.size());
            ReadPlan plan = null;
            for (SearchRequest search : searches) {
                reads.checkTime(read, start);
                OneSearch one = new OneSearch(runtime, search, options, snapshot, read.times());
                answers.add(one.answer());
                plan = one.planned(plan);
            }
            if (plan != null) {
                reads.tell(read, plan);
            }
            return answers;
        });
    }

    /** One request has one thread for all that it asks for. */
    private static void checkLimits(List<SearchRequest> searches) {
        long limits = 0;
        for (SearchRequest search : searches) {
            if (search.rank() != null) {
                limits += Ranking.knns(search.rank()).stream().mapToLong(Rank.Knn::limit).sum();
            }
        }
        if (limits > SearchRequest.KNN_LIMITS_MAX) {
            throw ForebayException
                    .invalid("Validation error: searches: the limits of all $knn come to " + limits
                            + ", more than " + SearchRequest.KNN_LIMITS_MAX + " (limit knn.limits)");
        }
    }

    /** Whether it looks at embeddings. */
    private static boolean check(CollectionRuntime runtime, SearchRequest search) {
        boolean dense = false;
        if (search.rank() == null) {
            return false;
        }
        for (Rank.Knn knn : Ranking.knns(search.rank())) {
            boolean embedding = knn.key().equals(Select.EMBEDDING);
            switch (knn.query()) {
                case Rank.Dense query -> {
                    require(embedding, knn, "a dense vector is compared with #embedding only");
                    require(query.vector().length > 0, knn, "the vector must have at least 1 dimension");
                    ReadPath.checkDimension(runtime, query.vector());
                    dense = true;
                }
                case Rank.Sparse ignored -> {
                    require(!embedding, knn, "#embedding is compared with a dense vector");
                    require(!knn.key().startsWith("#"), knn, "it is not a metadata key");
                }
            }
        }
        return dense;
    }

    private static void require(boolean ok, Rank.Knn knn, String reason) {
        if (!ok) {
            throw ForebayException.invalid("Validation error: searches.rank: Cannot perform $knn on key '"
                    + knn.key() + "': " + reason);
        }
    }
}
