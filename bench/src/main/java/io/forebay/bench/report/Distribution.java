package io.forebay.bench.report;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * All of a distribution of times.
 *
 * @param percentiles for tables
 * @param curve       enough of it for a plot
 * @param histogram   HdrHistogram's own form (version 2, compressed, in base64; nanoseconds): whoever doubts the rest can
 *                    read every value from it with any of its libraries, and add up several
 */
public record Distribution(Latencies percentiles, List<Point> curve, String histogram) {
    private static final int TICKS_PER_HALF_DISTANCE = 4;

    /** So many of a hundred took at most so long. */
    public record Point(double percentile, double millis) {}

    public static Distribution of(Histogram nanos) {
        List<Point> curve = new ArrayList<>();
        if (nanos.getTotalCount() > 0) {
            for (HistogramIterationValue value : nanos.percentiles(TICKS_PER_HALF_DISTANCE)) {
                curve.add(new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e6));
            }
        }
        return new Distribution(Latencies.of(nanos), curve, encoded(nanos));
    }

    private static String encoded(Histogram nanos) {
        ByteBuffer bytes = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
        int length = nanos.encodeIntoCompressedByteBuffer(bytes);
        byte[] exact = new byte[length];
        bytes.get(0, exact);
        return Base64.getEncoder().encodeToString(exact);
    }
}
