package io.forebay.bench.index;

import io.forebay.index.vector.VectorSegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Every record replaced three times, in random order, in batches that are published and linked before the
 * next. On the way a record has the vectors of others; at the end each has its own again, so that the result
 * holds what a fresh build holds.
 */
final class ChurnPart {
    private static final int TIMES = 3;
    private static final int EF = 100;
    private static final long SEED = 17;
    private static final double RECALL_LOSS_ALLOWED = 0.01;
    private static final double BYTES_ALLOWED = 1.3;
    private static final String CHURNED = "churned";
    private static final String FRESH = "fresh";
    private static final String DISK = "_disk";
    private static final String MEMORY = "_memory";

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;

    ChurnPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "churn_" + set.name();
    }

    void measure(IndexFigures figures) throws Exception {
        set.batches();
        set.exact();
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            measure(round, FRESH);
            measure(round, CHURNED);
        }
        figures.value(measurement, CHURNED, "", "replaced and linked, CPU time of the one thread",
                "vectors/s", IndexRun::perCpuSecond, IndexFigures::reported);
        figures.recallGain(measurement, CHURNED, FRESH, -RECALL_LOSS_ALLOWED);
        for (String what : new String[]{DISK, MEMORY}) {
            figures.ratio(measurement + what, CHURNED, FRESH, "", "bytes over bytes", IndexRun::amount,
                    figure -> figure.wantingAtMost(BYTES_ALLOWED));
        }
    }

    private void measure(int round, String side) throws Exception {
        long heap = SegmentBytes.heapUsed();
        try (SegmentGraph graph = bench.open(set)) {
            Times times = graph.build();
            int[] records = IntStream.range(0, set.size()).toArray();
            if (side.equals(CHURNED)) {
                Churn churn = new Churn(graph.segment(), new Random(SEED));
                times = Times.of(() -> churn.run(graph));
                records = churn.recordOf;
            }
            checkLive(graph.segment());
            double recall = set.exact().recall(inRecords(graph.search(EF, 0).found(), records));
            bench.add(IndexRun.timed(round, measurement, side,
                    side.equals(CHURNED) ? (double) TIMES * set.size() : set.size(), times, recall));
            SegmentBytes bytes = SegmentBytes.of(graph.segment(), graph.directory(), heap);
            bench.add(IndexRun.counted(round, measurement + DISK, side, set.size(), bytes.disk()));
            bench.add(IndexRun.counted(round, measurement + MEMORY, side, set.size(), bytes.resident()));
        }
    }

    private void checkLive(VectorSegment segment) {
        if (segment.liveCount() != set.size()) {
            throw new IllegalStateException(segment.liveCount() + " live, not " + set.size());
        }
    }

    /** Ordinals as records; a dead one is no record, and looking for its vector throws. */
    private static int[][] inRecords(int[][] found, int[] recordOf) {
        return Arrays.stream(found)
                .map(ordinals -> Arrays.stream(ordinals).map(ordinal -> recordOf[ordinal]).toArray())
                .toArray(int[][]::new);
    }

    private final class Churn {
        private final VectorSegment segment;
        private final Random random;
        private final int[] ordinalOf = IntStream.range(0, set.size()).toArray();
        /** Of every ordinal ever given; -1 once it is dead. */
        private final int[] recordOf = new int[(TIMES + 1) * set.size()];

        Churn(VectorSegment segment, Random random) {
            this.segment = segment;
            this.random = random;
            for (int record = 0; record < set.size(); record++) {
                recordOf[record] = record;
            }
        }

        void run(SegmentGraph graph) {
            for (int time = TIMES - 1; time >= 0; time--) {
                int[] order = shuffled();
                for (int from = 0; from < order.length; from += VectorSet.BATCH) {
                    replace(Arrays.copyOfRange(order, from, Math.min(order.length, from + VectorSet.BATCH)),
                            time);
                    segment.publish();
                    graph.linkAll();
                }
                // As a checkpoint of the server does.
                segment.reclaim(segment.reclaimable());
            }
        }

        private int[] shuffled() {
            int[] order = IntStream.range(0, set.size()).toArray();
            for (int i = order.length - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[other];
                order[other] = swapped;
            }
            return order;
        }

        /** The records get the vectors of those so many places further, in the end their own. */
        private void replace(int[] records, int time) {
            float[][] vectors = Arrays.stream(records)
                    .mapToObj(record -> set.rows()[(record + time * 7919) % set.size()])
                    .toArray(float[][]::new);
            int first = segment.append(VectorSet.bytes(vectors, 0, vectors.length), records, records.length);
            for (int i = 0; i < records.length; i++) {
                int dead = ordinalOf[records[i]];
                segment.kill(dead);
                recordOf[dead] = -1;
                ordinalOf[records[i]] = first + i;
                recordOf[first + i] = records[i];
            }
        }
    }
}
