package io.forebay.engine;

import io.forebay.engine.ReadPath.Snapshot;
import io.forebay.index.record.RowMatches;
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
    private final Snapshot snapshot;
    private final @Nullable List<String> ids;
    private final @Nullable Where where;
    private @Nullable RowMatches matches;
    private @Nullable RoaringBitmap ordinals;

    SearchScope(Snapshot snapshot, @Nullable List<String> ids, @Nullable Where where) {
        this.snapshot = snapshot;
        this.ids = ids;
        this.where = where;
    }

    boolean isRestricted() {
        return ids != null || where != null;
    }

    /** Without a rank: rows in order of insertion, after offset and limit. */
    int[] page(int offset, int limit) {
        RowMatches page = snapshot.records().page(ids, where, offset, limit);
        matches = page;
        return page.rows().toArray();
    }

    /** For sparse vectors. */
    @Nullable
    RoaringBitmap rows() {
        if (!isRestricted()) {
            return null;
        }
        RowMatches found = matches;
        if (found == null) {
            found = snapshot.records().matches(ids, where);
            matches = found;
        }
        return found.rows();
    }

    /** For embeddings. */
    @Nullable
    RoaringBitmap ordinals() {
        RoaringBitmap allowed = rows();
        if (ordinals == null && allowed != null) {
            ordinals = ReadPath.allowed(snapshot, allowed);
        }
        return ordinals;
    }

    boolean isEmpty() {
        RoaringBitmap allowed = rows();
        return allowed != null && allowed.isEmpty();
    }

    /** Of what was evaluated, how many records matched, and how many were read to find out. */
    long matched() {
        return matches == null ? 0 : matches.rows().getLongCardinality();
    }

    long verified() {
        return matches == null ? 0 : matches.verified();
    }
}
