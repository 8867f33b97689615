package io.forebay.etl.commit;

import io.forebay.model.StoredRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All records of a collection, in pages of the order of their insertion, while others write. A record that is there all the
 * time is given at least once: deletes between two pages move what follows forward, so the next page is looked for behind
 * what the last one had. Some may be given twice.
 *
 * <p>Not thread-safe.
 */
final class WholeCollection {
    private final EngineSide engine;
    private final int pageRows;
    private Set<String> last = Set.of();
    private int end;

    WholeCollection(EngineSide engine, int pageRows) {
        this.engine = engine;
        this.pageRows = pageRows;
    }

    /** Empty at the end. */
    List<StoredRecord> next() {
        for (int offset = Math.max(0, end - 1);; offset = Math.max(0, offset - pageRows)) {
            List<StoredRecord> page = engine.page(offset, pageRows + 1);
            int from = behindLast(page);
            if (from > 0 || offset == 0) {
                return give(page.subList(from, page.size()), offset + page.size());
            }
        }
    }

    /** Where in the page comes what the last one had not; 0 when none of that is in it. */
    private int behindLast(List<StoredRecord> page) {
        for (int i = page.size(); i > 0; i--) {
            if (last.contains(page.get(i - 1).id())) {
                return i;
            }
        }
        return 0;
    }

    private List<StoredRecord> give(List<StoredRecord> fresh, int reached) {
        end = reached;
        if (!fresh.isEmpty()) {
            last = new HashSet<>();
            fresh.forEach(record -> last.add(record.id()));
        }
        return fresh;
    }
}
