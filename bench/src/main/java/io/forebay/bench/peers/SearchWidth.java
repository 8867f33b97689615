package io.forebay.bench.peers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least width of a search that reaches a recall. A wider search is taken to find as much or more, so that halving finds
 * it in a few measurements; where that does not quite hold, the width found reaches the recall all the same, for it was
 * measured.
 *
 * @param reached whether it does; else this is the widest one
 */
record SearchWidth(int width, double recall, boolean reached) {
    /** Steps of about a fifth, from the ten results that are asked for. */
    static final List<Integer> CANDIDATES = List.of(10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96,
            112,
            128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 800, 1000);

    /** Measures the recall at a width. */
    interface Recall {
        double at(int width) throws Exception;
    }

    /** @param widths ascending */
    static SearchWidth tune(List<Integer> widths, double wanted, Recall measured) throws Exception {
        int low = 0;
        int high = widths.size() - 1;
        @Nullable
        SearchWidth best = null;
        double last = Double.NaN;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            double recall = measured.at(widths.get(middle));
            last = recall;
            if (recall >= wanted) {
                best = new SearchWidth(widths.get(middle), recall, true);
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        // Where none reaches it, the widest was measured last.
        return best == null ? new SearchWidth(widths.getLast(), last, false) : best;
    }
}
