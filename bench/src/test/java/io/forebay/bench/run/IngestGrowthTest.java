package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.forebay.bench.load.AckLog.Bucket;
import io.forebay.bench.report.Latencies;
import java.util.List;
import org.junit.jupiter.api.Test;

class IngestGrowthTest {
    private static Bucket bucket(double recordsPerSecond) {
        return new Bucket(0, 100, recordsPerSecond, new Latencies(1, 1, 1, 1, 1, 1));
    }

    @Test
    void halvesCompareTimesNotMeansOfRates() {
        // 100 + 100 records in 1 s + 1 s, then in 1 s + 3 s.
        double ratio = IngestGrowth.halves(List.of(bucket(100), bucket(100), bucket(100), bucket(100 / 3.0)));
        assertThat(ratio).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void theMiddleOfAnOddNumberBelongsToNeitherHalf() {
        assertThat(IngestGrowth.halves(List.of(bucket(10), bucket(1), bucket(10)))).isCloseTo(1,
                within(1e-9));
    }
}
