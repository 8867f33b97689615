package io.forebay.engine.rank;

import io.forebay.model.GroupBy;
import io.forebay.model.MetadataValue;
import io.forebay.model.Select;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the k best of each group; what is kept stays in its order. */
public final class Groups {
    private final GroupBy groupBy;
    private final Ranked ranked;
    private final List<? extends @Nullable Map<String, MetadataValue>> metadata;

    private Groups(GroupBy groupBy, Ranked ranked,
            List<? extends @Nullable Map<String, MetadataValue>> metadata) {
        this.groupBy = groupBy;
        this.ranked = ranked;
        this.metadata = metadata;
    }

    /** @param metadata of each record, null for none */
    public static Ranked keep(GroupBy groupBy, Ranked ranked,
            List<? extends @Nullable Map<String, MetadataValue>> metadata) {
        return ranked.at(new Groups(groupBy, ranked, metadata).places());
    }

    private int[] places() {
        Integer[] order = new Integer[ranked.size()];
        Arrays.setAll(order, i -> i);
        Comparator<Integer> group = by(groupBy.keys());
        Comparator<Integer> within = by(groupBy.orderBy());
        // The sort is stable: of equal ones the better ranked comes first, largest or not.
        Arrays.sort(order, group.thenComparing(groupBy.largest() ? within.reversed() : within));
        int[] kept = new int[order.length];
        int count = 0;
        int inGroup = 0;
        for (int i = 0; i < order.length; i++) {
            inGroup = i > 0 && group.compare(order[i - 1], order[i]) == 0 ? inGroup + 1 : 0;
            if (inGroup < groupBy.k()) {
                kept[count++] = order[i];
            }
        }
        int[] places = Arrays.copyOf(kept, count);
        Arrays.sort(places);
        return places;
    }

    private Comparator<Integer> by(List<String> keys) {
        return (a, b) -> {
            for (String key : keys) {
                int order = key.equals(Select.SCORE)
                        ? Float.compare(ranked.scores()[a], ranked.scores()[b])
                        : ValueOrder.INSTANCE.compare(value(a, key), value(b, key));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        };
    }

    private @Nullable MetadataValue value(int place, String key) {
        Map<String, MetadataValue> of = metadata.get(place);
        return of == null ? null : of.get(key);
    }
}
