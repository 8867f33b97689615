package io.forebay.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AckLogTest {
    private static final long SECOND = 1_000_000_000;

    private static Ack at(long second, int records) {
        return new Ack(second * SECOND, SECOND / 2, records);
    }

    @Test
    void theRateIsOverTheTimeFromTheFirstCallToTheLastAnswer() {
        AckLog log = new AckLog(SECOND, List.of(at(5, 100), at(3, 300)));
        assertThat(log.records()).isEqualTo(400);
        assertThat(log.seconds()).isEqualTo(4);
        assertThat(log.recordsPerSecond()).isEqualTo(100);
    }

    @Test
    void bucketsCoverTheWholeLoadWithoutGapsInTheOrderOfTheAcks() {
        AckLog log = new AckLog(0, List.of(at(4, 10), at(1, 10), at(2, 10), at(3, 10)));
        List<AckLog.Bucket> buckets = log.buckets(20);
        assertThat(buckets).extracting(AckLog.Bucket::firstRecord).containsExactly(0L, 20L);
        assertThat(buckets).extracting(AckLog.Bucket::recordsPerSecond).containsExactly(10.0, 10.0);
        assertThat(buckets).extracting(bucket -> bucket.ack().count()).containsExactly(2L, 2L);
    }

    @Test
    void aSlowSecondHalfShowsInItsBucket() {
        AckLog log = new AckLog(0, List.of(at(1, 10), at(2, 10), at(12, 10), at(22, 10)));
        assertThat(log.buckets(20)).extracting(AckLog.Bucket::recordsPerSecond).containsExactly(10.0, 1.0);
    }

    @Test
    void theRestBelongsToTheLastBucket() {
        AckLog log = new AckLog(0, List.of(at(1, 10), at(2, 10), at(3, 10), at(4, 10), at(5, 7)));
        assertThat(log.buckets(20)).extracting(AckLog.Bucket::records).containsExactly(20L, 27L);
    }

    @Test
    void percentilesAreOfAcksNotOfRecords() {
        List<Ack> acks = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            acks.add(new Ack(SECOND + i, i * 1_000_000L, i));
        }
        AckLog log = new AckLog(0, acks);
        assertThat(log.latencies().p50Millis()).isCloseTo(50, within(0.1));
        assertThat(log.latencies().p99Millis()).isCloseTo(99, within(0.1));
        assertThat(log.latencies().maxMillis()).isCloseTo(100, within(0.1));
    }

    @Test
    void aLoadWithoutAcksIsRefused() {
        assertThatThrownBy(() -> new AckLog(0, List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
