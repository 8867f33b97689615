package io.forebay.engine.history;

import io.forebay.engine.history.Question.Kind;
import io.forebay.model.ReadLevel;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares an answer with a state. Collections are small, so that a query must be exact. */
final class Answers {
    private static final double TOLERANCE = 1e-3;

    private Answers() {}

    /** What is wrong with the answer if this is the state; null when nothing is. */
    static @Nullable String wrong(Read read, Map<String, RecordState> state) {
        Question question = read.question();
        Map<String, RecordState> expected = new TreeMap<>();
        state.forEach((id, record) -> {
            if (question.isAbout(id, record)) {
                expected.put(id, record);
            }
        });
        if (question.kind() == Kind.COUNT) {
            return read.count() == expected.size()
                    ? null
                    : "counted " + read.count() + " instead of " + expected.size();
        }
        Map<String, Seen> seen = new HashMap<>();
        for (Seen one : read.seen()) {
            if (seen.put(one.id(), one) != null) {
                return one.id() + " is there twice";
            }
            RecordState record = expected.get(one.id());
            if (record == null || !record.isShownBy(one)) {
                return "shows " + one + " instead of " + record;
            }
        }
        return question.kind() == Kind.GET ? missing(seen, expected) : nearest(read, seen, expected);
    }

    private static @Nullable String missing(Map<String, Seen> seen, Map<String, RecordState> expected) {
        for (Map.Entry<String, RecordState> one : expected.entrySet()) {
            if (!seen.containsKey(one.getKey())) {
                return "does not show " + one;
            }
        }
        return null;
    }

    /**
     * At index_only, records whose embedding is above linked may be missing; what is there is right and nearest all
     * the same.
     */
    private static @Nullable String nearest(Read read, Map<String, Seen> seen,
            Map<String, RecordState> expected) {
        double last = 0;
        for (Seen hit : read.seen()) {
            double distance = distance(read, hit.id(), expected);
            if (Math.abs(distance - hit.distance()) > TOLERANCE * (1 + distance)) {
                return hit.id() + " has the distance " + hit.distance() + " instead of " + distance;
            }
            if (hit.distance() < last - TOLERANCE) {
                return hit.id() + " at " + hit.distance() + " comes behind " + last;
            }
            last = hit.distance();
        }
        for (Map.Entry<String, RecordState> one : expected.entrySet()) {
            boolean optional = read.level() == ReadLevel.INDEX_ONLY
                    && one.getValue().vectorSeqId() > read.linked();
            boolean farther = seen.size() >= read.question().k()
                    && distance(read, one.getKey(), expected) > last - TOLERANCE * (1 + last);
            if (!optional && !farther && !seen.containsKey(one.getKey())) {
                return "does not find " + one + ", only " + seen.keySet() + " up to " + last;
            }
        }
        return seen.size() > read.question().k() ? "has " + seen.size() + " hits" : null;
    }

    private static double distance(Read read, String id, Map<String, RecordState> expected) {
        float[] vector = read.question().vector();
        return Content.squaredL2(vector == null ? new float[Content.DIMENSION] : vector,
                Content.vector(id, expected.get(id).vectorStamp()));
    }
}
