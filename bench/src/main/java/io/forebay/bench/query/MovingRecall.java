package io.forebay.bench.query;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.client.dataset.ExactSearch;
import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Recall while records come in. An answer is judged against what was acked when its query was sent: a hit counts when it is as near as
 * the k-th nearest of those records. So a record that came meanwhile and is nearer counts, and one that should have been
 * seen and was not is missing.
 *
 * <p>Not thread-safe.
 */
final class MovingRecall {
    /** Ties and the order of additions. */
    private static final double TOLERANCE = 1e-6;

    private final BenchData data;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Asked> all = new ArrayList<>();

    /** One answer, as it is judged later. */
    private record Asked(float[] query, int count, long acked, List<String> answer) {}

    MovingRecall(BenchData data) {
        this.data = data;
        for (int i = 0; i < data.size(); i++) {
            numbers.put(data.id(i), i);
        }
    }

    /** @param acked the first so many records were acked when the query was sent */
    void add(float[] query, int count, long acked, List<String> answer) {
        all.add(new Asked(query, count, acked, answer));
    }

    /** Of all answers since the last call. NaN when there were none. */
    double judge() {
        double recall = all.parallelStream().mapToDouble(this::share).average().orElse(Double.NaN);
        all.clear();
        return recall;
    }

    private double share(Asked asked) {
        Space space = data.dataset().space();
        PriorityQueue<Double> nearest = new PriorityQueue<>(Collections.reverseOrder());
        for (long number = 0; number < asked.acked(); number++) {
            double distance = ExactSearch.distance(asked.query(), BatchSource.embedding(data, number), space);
            if (nearest.size() < asked.count()) {
                nearest.add(distance);
            } else if (distance < nearest.element()) {
                nearest.poll();
                nearest.add(distance);
            }
        }
        int wanted = nearest.size();
        double farthest = nearest.element();
        double limit = farthest + TOLERANCE * Math.max(1, Math.abs(farthest));
        long found = asked.answer().stream().distinct().filter(id -> ExactSearch.distance(asked.query(),
                BatchSource.embedding(data, number(id)), space) <= limit).count();
        return Math.min(1, found / (double) wanted);
    }

    private long number(String id) {
        int mark = id.lastIndexOf('~');
        Integer plain = numbers.get(id);
        if (plain != null) {
            return plain;
        }
        Integer row = mark < 0 ? null : numbers.get(id.substring(0, mark));
        if (row == null) {
            throw new IllegalStateException("an answer names " + id + ", which was never written");
        }
        return row + Long.parseLong(id.substring(mark + 1)) * data.size();
    }
}
