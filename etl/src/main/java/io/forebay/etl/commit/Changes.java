package io.forebay.etl.commit;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** Reads the family CHANGES: what commits changed, in the order of ids. Threads: any. */
final class Changes {
    private final ImportDatabase db;

    Changes(ImportDatabase db) {
        this.db = db;
    }

    /** Of one commit, from behind this id on (null: from the first on). */
    List<Change> page(UUID collection, long number, byte @Nullable [] afterId, int limit) {
        List<Change> page = new ArrayList<>();
        try (RocksIterator at = db.iterator(Family.CHANGES)) {
            for (at.seek(start(collection, number, afterId)); at.isValid() && page.size() < limit; at
                    .next()) {
                byte[] key = at.key();
                if (!Keys.isChangeOf(key, collection, number)) {
                    break;
                }
                page.add(Change.decode(Keys.idOfChange(key), at.value()));
            }
            Storage.check(at);
        }
        return page;
    }

    static byte[] start(UUID collection, long number, byte @Nullable [] afterId) {
        if (afterId == null) {
            return Keys.change(collection, number, new byte[0]);
        }
        // The next id in the order of bytes is this one with a zero behind it.
        return Keys.change(collection, number, Arrays.copyOf(afterId, afterId.length + 1));
    }
}
