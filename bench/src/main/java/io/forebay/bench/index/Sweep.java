package io.forebay.bench.index;

import java.util.ArrayList;
import java.util.List;

/** What one graph gave in one round at each width of the search, and what it gives at a recall in between. */
public final class Sweep {

    /** One width; a rate on the wall or of CPU time, the same for all points. */
    public record Point(int ef, double recall, double perSecond) {}

    private final List<Point> points = new ArrayList<>();

    /** In the order of their widths. */
    public void add(Point point) {
        if (!points.isEmpty() && points.getLast().ef >= point.ef) {
            throw new IllegalArgumentException("ef " + point.ef + " follows " + points.getLast().ef);
        }
        points.add(point);
    }

    /**
     * Queries per second at this recall: between the first point that reaches it and the one before, seconds
     * per query in proportion to recall. NaN when no point reaches it; that of the first point when that one
     * does already, so that it is at least that.
     */
    public double perSecondAt(double recall) {
        for (int i = 0; i < points.size(); i++) {
            Point point = points.get(i);
            if (point.recall >= recall) {
                return i == 0 ? point.perSecond : between(points.get(i - 1), point, recall);
            }
        }
        return Double.NaN;
    }

    private static double between(Point below, Point above, double recall) {
        double share = (recall - below.recall) / (above.recall - below.recall);
        double seconds = (1 - share) / below.perSecond + share / above.perSecond;
        return 1 / seconds;
    }

    /** Whether every point is at least that good, so that nothing can be said of less. */
    public boolean isAllAbove(double recall) {
        return points.getFirst().recall >= recall;
    }
}
