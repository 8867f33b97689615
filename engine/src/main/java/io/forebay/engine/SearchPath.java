package io.forebay.engine;

import io.forebay.engine.ReadPath.Snapshot;
import io.forebay.engine.rank.Found;
import io.forebay.engine.rank.Groups;
import io.forebay.engine.rank.Ranked;
import io.forebay.engine.rank.Ranking;
import io.forebay.index.record.RecordReader;
import io.forebay.index.record.SparseHits;
import io.forebay.index.vector.Neighbors;
import io.forebay.index.vector.SearchOptions;
import io.forebay.index.vector.VectorView;
import io.forebay.model.ForebayException;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Rank;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers searches: filter, find what each {@code $knn} asks for, rank, group, cut, fetch.
 *
 * <p>Threads: as {@link ReadPath}, which waits and takes the snapshot; all searches of a request run one after the other
 * on one query thread, over the same snapshot.
 *
 * <p>Failure: what can be wrong with a search is found before anything waits, but for a dimension that the first vector
 * fixes meanwhile.
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
            for (SearchRequest search : searches) {
                vectors |= check(runtime, search) || search.select().has(Select.EMBEDDING);
            }
        } catch (ForebayException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        SearchOptions options = new SearchOptions(0, read.level() == ReadLevel.INDEX_ONLY);
        return reads.answer(runtime, read, "search", vectors, snapshot -> {
            List<List<SearchHit>> answers = new ArrayList<>(searches.size());
            for (SearchRequest search : searches) {
                answers.add(new One(runtime, search, options, snapshot).answer());
            }
            return answers;
        });
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

    /** One search over one snapshot. */
    private record One(CollectionRuntime runtime, SearchRequest search, SearchOptions options,
            Snapshot snapshot) {

        List<SearchHit> answer() {
            Ranked ranked = ranked();
            if (search.groupBy() != null) {
                ranked = Groups.keep(search.groupBy(), ranked, metadata(ranked.rows()));
            }
            int limit = search.limit() == null ? -1 : search.limit();
            boolean cut = search.rank() == null && search.groupBy() == null;
            return hits(cut ? ranked : ranked.slice(search.offset(), limit));
        }

        private Ranked ranked() {
            Rank rank = search.rank();
            if (rank == null) {
                boolean all = search.groupBy() != null;
                int limit = all || search.limit() == null ? -1 : search.limit();
                return Ranked.inOrder(snapshot.records().select(search.ids(), search.where(),
                        all ? 0 : search.offset(), limit));
            }
            SearchScope scope = new SearchScope(snapshot.records(), search.ids(), search.where());
            List<Found> found = new ArrayList<>();
            for (Rank.Knn knn : Ranking.knns(rank)) {
                found.add(switch (knn.query()) {
                    case Rank.Dense query -> dense(query, knn.limit(), scope);
                    case Rank.Sparse query -> {
                        SparseHits hits = snapshot.records().nearest(knn.key(), query.vector(), knn.limit(),
                                scope.rows());
                        yield Ranking.found(hits.rows(), hits.distances());
                    }
                });
            }
            return Ranking.evaluate(rank, found);
        }

        private Found dense(Rank.Dense query, int limit, SearchScope scope) {
            // Again: the first vector may have come since the search did.
            ReadPath.checkDimension(runtime, query.vector());
            VectorView view = snapshot.vectors();
            if (view == null || limit == 0 || scope.isEmpty()) {
                return Found.NOTHING;
            }
            Neighbors neighbors = view.search(query.vector(), limit, scope.ordinals(), options);
            int[] rows = new int[neighbors.size()];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = view.row(neighbors.ordinals()[i]);
            }
            return Ranking.found(rows, neighbors.distances());
        }

        private List<@Nullable Map<String, MetadataValue>> metadata(int[] rows) {
            List<@Nullable Map<String, MetadataValue>> metadata = new ArrayList<>(rows.length);
            for (RecordReader.@Nullable Row row : snapshot.records().fetch(rows, true, false, false)) {
                metadata.add(row == null ? null : row.metadata());
            }
            return metadata;
        }

        private List<SearchHit> hits(Ranked ranked) {
            Select select = search.select();
            Set<Include> include = EnumSet.noneOf(Include.class);
            if (select.has(Select.DOCUMENT)) {
                include.add(Include.DOCUMENTS);
            }
            if (select.has(Select.EMBEDDING)) {
                include.add(Include.EMBEDDINGS);
            }
            if (select.anyMetadata()) {
                include.add(Include.METADATAS);
            }
            List<String> fields = select.has(Select.METADATA) ? null : select.fields();
            List<SearchHit> hits = new ArrayList<>(ranked.size());
            int i = 0;
            for (RecordReader.@Nullable Row row : ReadPath.fetch(snapshot, ranked.rows(), include)) {
                float score = ranked.scores()[i++];
                if (row != null) {
                    StoredRecord record = ReadPath.stored(row, snapshot.vectors(), runtime, include);
                    hits.add(new SearchHit(fields == null ? record : only(fields, record), score));
                }
            }
            return hits;
        }

        private static StoredRecord only(List<String> fields, StoredRecord record) {
            Map<String, MetadataValue> all = record.metadata();
            if (all == null) {
                return record;
            }
            Map<String, MetadataValue> some = new LinkedHashMap<>();
            for (String field : fields) {
                MetadataValue value = all.get(field);
                if (value != null) {
                    some.put(field, value);
                }
            }
            return new StoredRecord(record.id(), record.embedding(), some.isEmpty() ? null : some,
                    record.document(), record.uri());
        }
    }
}
