package io.forebay.engine.history;

import io.forebay.engine.history.Violation.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives a wrong answer its name: which promise it breaks. */
final class Diagnosis {
    private static final int LATER_MAX = 20;

    private final Timeline timeline;

    Diagnosis(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Of an answer that is not the timeline's present state. */
    Kind of(Read read) {
        for (Map<String, RecordState> later : timeline.later(LATER_MAX)) {
            if (Answers.wrong(read, later) == null) {
                return Kind.OTHER_POSITION;
            }
        }
        if (isHalf(read)) {
            return Kind.HALF_BATCH;
        }
        return isLost(read) ? Kind.LOST_UPDATE : Kind.WRONG_ANSWER;
    }

    /** Whether of some batch one record is shown as it left it, or later, and another as it was before. */
    private boolean isHalf(Read read) {
        Map<String, Seen> seen = new HashMap<>();
        read.seen().forEach(one -> seen.put(one.id(), one));
        List<Write> writes = timeline.writes().stream().sorted(Comparator.comparingLong(Write::minSeqId))
                .toList();
        Map<Long, Long> orderOfStamp = new HashMap<>();
        writes.forEach(write -> orderOfStamp.put(write.stamp(), write.maxSeqId()));
        for (Write write : writes) {
            boolean shown = false;
            boolean hidden = false;
            for (String id : write.ids()) {
                Seen one = seen.get(id);
                if (one != null && write.operation() != io.forebay.model.Operation.DELETE) {
                    long at = orderOfStamp.getOrDefault(one.metadata().get(Content.STAMP), 0L);
                    shown |= at == write.maxSeqId();
                    hidden |= at < write.maxSeqId() && timeline.state().containsKey(id);
                } else if (one == null && read.question().group() == null && isAsked(read, id)) {
                    hidden |= write.operation() != io.forebay.model.Operation.DELETE
                            && timeline.state().containsKey(id);
                }
            }
            if (shown && hidden && write.operation() == io.forebay.model.Operation.UPSERT) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsked(Read read, String id) {
        List<String> ids = read.question().ids();
        return read.question().kind() == Question.Kind.GET && (ids == null || ids.contains(id));
    }

    /** Whether a record shows the last write to it, and not what an earlier one left. */
    private boolean isLost(Read read) {
        for (Seen one : read.seen()) {
            RecordState record = timeline.state().get(one.id());
            if (record != null
                    && record.metadata().get(Content.STAMP).equals(one.metadata().get(Content.STAMP))
                    && !record.isShownBy(one)) {
                return true;
            }
        }
        return false;
    }
}
