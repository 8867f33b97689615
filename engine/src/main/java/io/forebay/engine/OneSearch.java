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
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Rank;
import io.forebay.model.ReadPlan;
import io.forebay.model.ReadTimes;
import io.forebay.model.ReadTimes.Stage;
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
import org.jspecify.annotations.Nullable;

/**
 * One search over one snapshot: find what each {@code $knn} asks for, rank, group, cut, fetch.
 *
 * <p>Not thread-safe; used once.
 */
final class OneSearch {
    private final CollectionRuntime runtime;
    private final SearchRequest search;
    private final SearchOptions options;
    private final Snapshot snapshot;
    private final SearchScope scope;
    private final @Nullable ReadTimes times;
    private int throughGraph;
    private int byScan;

    OneSearch(CollectionRuntime runtime, SearchRequest search, SearchOptions options, Snapshot snapshot,
            @Nullable ReadTimes times) {
        this.runtime = runtime;
        this.search = search;
        this.options = options;
        this.snapshot = snapshot;
        this.times = times;
        this.scope = new SearchScope(snapshot, search.ids(), search.where());
    }

    /** Together with those before; null as long as none had ids or a filter. */
    @Nullable
    ReadPlan planned(@Nullable ReadPlan before) {
        if (!scope.isRestricted()) {
            return before;
        }
        ReadPlan sum = before == null ? new ReadPlan(0, 0, 0, 0) : before;
        return new ReadPlan(sum.matches() + scope.matched(), sum.read() + scope.verified(),
                sum.throughGraph() + throughGraph, sum.byScan() + byScan);
    }

    List<SearchHit> answer() {
        long begun = System.nanoTime();
        if (search.rank() != null) {
            scope.rows(); // now, so that its time counts for itself
        }
        begun = ReadTimes.lap(times, Stage.FILTER, begun);
        Ranked ranked = ranked();
        if (search.groupBy() != null) {
            ranked = Groups.keep(search.groupBy(), ranked, metadata(ranked.rows()));
        }
        int limit = search.limit() == null ? -1 : search.limit();
        boolean cut = search.rank() == null && search.groupBy() == null;
        begun = ReadTimes.lap(times, Stage.SEARCH, begun);
        List<SearchHit> hits = hits(cut ? ranked : ranked.slice(search.offset(), limit));
        ReadTimes.lap(times, Stage.RECORDS, begun);
        return hits;
    }

    private Ranked ranked() {
        Rank rank = search.rank();
        if (rank == null) {
            boolean all = search.groupBy() != null;
            int limit = all || search.limit() == null ? -1 : search.limit();
            return Ranked.inOrder(scope.page(all ? 0 : search.offset(), limit));
        }
        List<Found> found = new ArrayList<>();
        for (Rank.Knn knn : Ranking.knns(rank)) {
            found.add(switch (knn.query()) {
                case Rank.Dense query -> dense(query, knn.limit());
                case Rank.Sparse query -> {
                    SparseHits hits = snapshot.records().nearest(knn.key(), query.vector(), knn.limit(),
                            scope.rows());
                    yield Ranking.found(hits.rows(), hits.distances());
                }
            });
        }
        return Ranking.evaluate(rank, found);
    }

    private Found dense(Rank.Dense query, int limit) {
        // Again: the first vector may have come since the search did.
        ReadPath.checkDimension(runtime, query.vector());
        VectorView view = snapshot.vectors();
        if (view == null || limit == 0 || scope.isEmpty()) {
            return Found.NOTHING;
        }
        Neighbors neighbors = view.search(query.vector(), limit, scope.ordinals(), options);
        throughGraph += neighbors.throughGraph() ? 1 : 0;
        byScan += neighbors.throughGraph() ? 0 : 1;
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
