package io.forebay.engine;

import io.forebay.index.record.RecordReader;
import io.forebay.model.Where;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The records that a search's ids and filter allow, in the two forms that its {@code $knn} want, each made when it is first
 * wanted; null means all.
 *
 * <p>Not thread-safe.
 */
final class SearchScope {
    private final RecordReader records;
    private final @Nullable List<String> ids;
    private final @Nullable Where where;
    private @Nullable RoaringBitmap rows;
    private @Nullable RoaringBitmap ordinals;

    SearchScope(RecordReader records, @Nullable List<String> ids, @Nullable Where where) {
        this.records = records;
        this.ids = ids;
        this.where = where;
    }

    /** For sparse vectors. */
    @Nullable
    RoaringBitmap rows() {
        if (rows == null && (ids != null || where != null)) {
            rows = records.matches(ids, where).rows();
        }
        return rows;
    }

    /** For embeddings. */
    @Nullable
    RoaringBitmap ordinals() {
        RoaringBitmap allowed = rows();
        if (ordinals == null && allowed != null) {
            ordinals = records.ordinals(allowed);
        }
        return ordinals;
    }

    boolean isEmpty() {
        RoaringBitmap allowed = rows();
        return allowed != null && allowed.isEmpty();
    }
}
