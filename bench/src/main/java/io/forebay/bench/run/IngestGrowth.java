package io.forebay.bench.run;

import io.forebay.bench.load.AckLog.Bucket;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** One collection from nothing to its full size, looked at in stretches ({@link Bucket}s) of its acks. */
final class IngestGrowth {
    /** "Does not fall", with a tenth for the noise of one stretch against another. */
    private static final double RATIO_WANTED = 0.9;
    private static final double WAIT_RATIO_ALLOWED = 1 / RATIO_WANTED;

    private final IngestRunner runner;
    private final long records;
    private final long bucketRecords;
    private final int rounds;
    private final Consumer<String> progress;

    IngestGrowth(IngestRunner runner, long records, long bucketRecords, int rounds,
            Consumer<String> progress) {
        this.runner = runner;
        this.records = records;
        this.bucketRecords = bucketRecords;
        this.rounds = rounds;
        this.progress = progress;
    }

    void measure(BenchResult result) throws Exception {
        result.parameter("records", records).parameter("bucketRecords", bucketRecords).parameter("rounds",
                rounds);
        List<List<Bucket>> all = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            IngestRunner.Measured measured = runner.run(round, true, records);
            List<Bucket> buckets = measured.acks().buckets(bucketRecords);
            all.add(buckets);
            Map<String, Object> run = new LinkedHashMap<>();
            run.put("whole", measured.run());
            run.put("buckets", buckets);
            result.run(run);
            progress.accept("round " + round + ": " + Table.number(measured.run().ackedPerSecond())
                    + " acked/s over all, others used "
                    + Math.round(100 * measured.run().loadCpu().othersShare()) + " % of the machine");
        }
        progress.accept("\n" + table(all));
        addFigures(result, all);
    }

    private static Table table(List<List<Bucket>> all) {
        Table table = new Table("from record", "records", "acked/s", "min", "max", "ack p50 ms",
                "ack p99 ms");
        for (int i = 0; i < all.getFirst().size(); i++) {
            int bucket = i;
            List<Bucket> same = all.stream().map(buckets -> buckets.get(bucket)).toList();
            Summary rate = Summary.of(same, Bucket::recordsPerSecond);
            table.row(String.valueOf(same.getFirst().firstRecord()), same.getFirst().records(), rate.median(),
                    rate.min(),
                    rate.max(), Summary.of(same, b -> b.ack().p50Millis()).median(),
                    Summary.of(same, b -> b.ack().p99Millis()).median());
        }
        return table;
    }

    private static void addFigures(BenchResult result, List<List<Bucket>> all) {
        result.figure(Figure.of("acked_last_over_first", "acked/s of the last stretch / of the first", "x",
                ratio(all, List::getLast, List::getFirst, Bucket::recordsPerSecond)).wanting(RATIO_WANTED));
        result.figure(
                Figure.of("acked_second_over_first_half", "acked/s of the second half / of the first", "x",
                        Summary.of(all, IngestGrowth::halves)).wanting(RATIO_WANTED));
        result.figure(Figure.of("ack_p50_last_over_first", "median ack of the last stretch / of the first",
                "x", ratio(all, List::getLast, List::getFirst, bucket -> bucket.ack().p50Millis()))
                .wantingAtMost(WAIT_RATIO_ALLOWED));
        result.figure(Figure.of("ack_p99_last_over_first", "p99 ack of the last stretch / of the first", "x",
                ratio(all, List::getLast, List::getFirst, bucket -> bucket.ack().p99Millis())));
        result.note("the p99 of a stretch is its slowest ack when it has fewer than 100 of them");
    }

    private interface Choice {
        Bucket of(List<Bucket> buckets);
    }

    private static Summary ratio(List<List<Bucket>> all, Choice numerator, Choice denominator,
            ToDoubleFunction<Bucket> value) {
        return Summary.ofRatios(all.stream().map(numerator::of).toList(),
                all.stream().map(denominator::of).toList(),
                value);
    }

    /** Rates over whole halves: less at the mercy of one pause than two single stretches. */
    static double halves(List<Bucket> buckets) {
        int middle = buckets.size() / 2;
        return rate(buckets.subList(buckets.size() - middle, buckets.size()))
                / rate(buckets.subList(0, middle));
    }

    private static double rate(List<Bucket> buckets) {
        long records = buckets.stream().mapToLong(Bucket::records).sum();
        double seconds = buckets.stream().mapToDouble(bucket -> bucket.records() / bucket.recordsPerSecond())
                .sum();
        return records / seconds;
    }
}
