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
    private @Nullable RoaringBitmap ordinals;
    private int @Nullable [] rows;

    SearchScope(RecordReader records, @Nullable List<String> ids, @Nullable Where where) {
        this.records = records;
        this.ids = ids;
        this.where = where;
    }

    private boolean isRestricted() {
        return ids != null || where != null;
    }

    /** For embeddings. */
    @Nullable
    RoaringBitmap ordinals() {
        if (ordinals == null && isRestricted()) {
            ordinals = records.ordinals(ids, where);
        }
        return ordinals;
    }

    /** For sparse vectors; ascending. */
    int @Nullable [] rows() {
        if (rows == null && isRestricted()) {
            rows = records.select(ids, where, 0, -1);
        }
        return rows;
    }

    boolean isEmpty() {
        RoaringBitmap allowed = ordinals();
        return allowed != null && allowed.isEmpty();
    }
}
